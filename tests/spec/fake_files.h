// A FileSource without a disk: run.sh, sql/a.sql, sql/b.sql, a link that leads outside and a file
// that is too big.
#pragma once

#include <map>

#include "base/explain.h"
#include "base/hash.h"
#include "spec/glob.h"
#include "spec/load.h"

namespace gantry::spec {

class FakeFiles final : public FileSource {
 public:
  Result<model::VersionFile> read(const std::string& path) const override {
    if (path == "link")
      return explain(Code::PermissionDenied, {"'link' leads outside", "“link”指向外面"});
    if (path == "huge")
      return explain(Code::ResourceExhausted, {"'huge' is too big", "“huge”太大"});
    const auto found = contents_.find(path);
    if (found == contents_.end()) return error(Code::NotFound, "there is no file " + path);
    return model::VersionFile{path, sha256_hex(found->second), path.ends_with(".sh"),
                              found->second};
  }

  Result<std::vector<std::string>> glob(const std::string& pattern) const override {
    std::vector<std::string> paths;
    for (const auto& [path, content] : contents_)
      if (matches_path(pattern, path)) paths.push_back(path);
    return paths;
  }

 private:
  std::map<std::string, std::string> contents_{{"run.sh", "#!/bin/sh\necho run\n"},
                                               {"sql/a.sql", "select 1;\n"},
                                               {"sql/b.sql", "select 2;\n"}};
};

}  // namespace gantry::spec
