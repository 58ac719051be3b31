#include "model/credential.h"

namespace gantry::model {

std::string_view name_of(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::Token: return "token";
    case CredentialKind::Session: return "session";
    case CredentialKind::LoginLink: return "login_link";
  }
  return "token";
}

std::string_view name_of(Role role) {
  switch (role) {
    case Role::Viewer: return "viewer";
    case Role::Operator: return "operator";
    case Role::Admin: return "admin";
  }
  return "viewer";
}

std::optional<Role> role_of(std::string_view name) {
  for (const Role role : {Role::Viewer, Role::Operator, Role::Admin})
    if (name_of(role) == name) return role;
  return std::nullopt;
}

}  // namespace gantry::model
