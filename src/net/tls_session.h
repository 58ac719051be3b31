// What http_server.cpp and tls.cpp share; only they know the TLS library.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "net/session.h"
#include "net/tls.h"

namespace gantry::net {

// A connection that is served once the handshake is done.
std::shared_ptr<ServedConnection> start_tls_session(const std::shared_ptr<Serving>& serving,
                                                    boost::asio::ip::tcp::socket socket,
                                                    const std::string& peer, TlsIdentity& identity);

}  // namespace gantry::net
