// TLS for the HTTP server: the certificate, and connections that speak it. TLS 1.2 and 1.3 with
// the library's own choice of ciphers, no client certificates.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace gantry::net {

// A certificate chain and its private key, in PEM. Loaded once; connections share it.
class TlsIdentity {
 public:
  virtual ~TlsIdentity() = default;
  // InvalidArgument names the file: not there, not PEM, the key is not that of the certificate, or
  // others may read the key.
  static Result<std::shared_ptr<TlsIdentity>> load(const std::string& certificate_file,
                                                   const std::string& key_file);
  // "sha256//BASE64" of the public key: how a client knows the server without an authority.
  virtual const std::string& pin() const = 0;
};

}  // namespace gantry::net
