// Objects as scenarios write them, one a line, and questions.
//
//   namespace default
//   service default/web 10.96.0.7 http/tcp/80      a cluster IP (or one of each family) and ports
//   service default/db headless                    `headless-unready` publishes addresses that are not ready
//   service default/alias external example.org
//   slice default/db-1 db pg/tcp/5432 db-0=10.1.0.1 10.1.0.2 !10.1.0.3     of service db; `!`: not ready
//   pod default/p 10.1.0.9
//   delete slice default/db-1
//   a db.default.svc.cluster.local                 a question; types a, aaaa, cname, srv, ptr, txt, other
//
// Pure functions, linear in the text; safe from any thread. Errors say what is wrong with which word.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "impl/service/dns/types.hpp"

namespace plimsoll::properties::names {

[[nodiscard]] tl::expected<dns::Change, std::string> parse_change(std::string_view text);
[[nodiscard]] tl::expected<dns::Question, std::string> parse_question(std::string_view text);

}  // namespace plimsoll::properties::names
