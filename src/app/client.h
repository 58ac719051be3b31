// Client: the command line's way to a server. Address and token come from GANTRY_URL and
// GANTRY_TOKEN, else from the files the server of this home writes. Blocking; one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/home.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "base/value.h"

namespace gantry::app {

class Client {
 public:
  // Unavailable with what to do if there is no server to be found.
  static Result<std::unique_ptr<Client>> connect(const Home& home, Lang lang);
  virtual ~Client() = default;

  // `path` begins with "/api/". The parsed body of a 2xx answer; else the error that the problem
  // document describes.
  virtual Result<Value> get(const std::string& path) = 0;
  virtual Result<Value> post(const std::string& path, const Value& body,
                             const std::string& key = {}) = 0;
  virtual Result<Value> put(const std::string& path, const Value& body) = 0;
  virtual Result<Value> remove(const std::string& path) = 0;  // DELETE
  // Hands over the body as it comes; `take` returns false to stop. The number in the header
  // Gantry-Next of the answer, -1 if it has none.
  virtual Result<std::int64_t> stream(const std::string& path,
                                      const std::function<bool(std::string_view)>& take) = 0;
  // Of each request, with its answer; none: as long as it takes.
  virtual void limit_time(Duration limit) = 0;
  // The same for POST.
  virtual Status download(const std::string& path, const Value& body,
                          const std::function<bool(std::string_view)>& take) = 0;
  virtual const std::string& url() const = 0;
};

// One segment of a path, everything but unreserved characters escaped.
std::string escape_segment(std::string_view text);

}  // namespace gantry::app
