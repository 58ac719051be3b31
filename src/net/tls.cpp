#include "net/tls.h"

#include <fmt/format.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <sys/stat.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <vector>

#include "net/tls_session.h"

namespace gantry::net {

namespace {

namespace ssl = boost::asio::ssl;

class OpenSslIdentity : public TlsIdentity {
 public:
  const std::string& pin() const override { return pin_; }
  Status read(const std::string& certificate_file, const std::string& key_file);
  ssl::context& context() { return context_; }

 private:
  Status compute_pin(const std::string& certificate_file);
  ssl::context context_{ssl::context::tls_server};
  std::string pin_;
};

Status refused(const std::string& file, const boost::system::error_code& why) {
  return invalid(fmt::format("{}: {}", file, why.message()));
}

Status check_private(const std::string& key_file) {
  struct stat info {};
  if (::stat(key_file.c_str(), &info) != 0) return errno_error("cannot look at " + key_file);
  if ((info.st_mode & 077) == 0) return ok();
  return invalid(fmt::format("{} can be read by others; run: chmod 600 {}", key_file, key_file));
}

Status OpenSslIdentity::read(const std::string& certificate_file, const std::string& key_file) {
  boost::system::error_code why;
  context_.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1 | ssl::context::no_compression);
  SSL_CTX_set_options(context_.native_handle(), SSL_OP_NO_RENEGOTIATION);
  TRY_STATUS(check_private(key_file));
  if (context_.use_certificate_chain_file(certificate_file, why))
    return refused(certificate_file, why);
  // A wrong key is told here as well: the library compares it with the certificate.
  if (context_.use_private_key_file(key_file, ssl::context::pem, why))
    return refused(key_file, why);
  return compute_pin(certificate_file);
}

Status OpenSslIdentity::compute_pin(const std::string& certificate_file) {
  X509* certificate = SSL_CTX_get0_certificate(context_.native_handle());
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
  if (size <= 0) return invalid(certificate_file + ": its public key can not be read");
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, bytes, static_cast<unsigned long long>(size));
  OPENSSL_free(bytes);
  char text[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];
  sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
  pin_ = std::string("sha256//") + text;
  return ok();
}

}  // namespace

Result<std::shared_ptr<TlsIdentity>> TlsIdentity::load(const std::string& certificate_file,
                                                       const std::string& key_file) {
  auto identity = std::make_shared<OpenSslIdentity>();
  TRY_STATUS(identity->read(certificate_file, key_file));
  return std::shared_ptr<TlsIdentity>(std::move(identity));
}

std::shared_ptr<ServedConnection> start_tls_session(const std::shared_ptr<Serving>& serving,
                                                    boost::asio::ip::tcp::socket socket,
                                                    const std::string& peer,
                                                    TlsIdentity& identity) {
  using Stream = ssl::stream<boost::asio::ip::tcp::socket>;
  Stream stream(std::move(socket), static_cast<OpenSslIdentity&>(identity).context());
  auto session = std::make_shared<Session<Stream>>(serving, std::move(stream), peer);
  serving->connections.insert(session);
  session->start();
  return session;
}

}  // namespace gantry::net
