// A run per row of a CSV text.
#include <fmt/format.h>

#include "api/api_fixture.h"

namespace gantry::api {
namespace {

constexpr const char* kOrders = R"(
params:
  id: {type: string, required: true}
  amount: {type: int, default: 1, max: 100}
  day: {type: date, default: "2026-01-31"}
  rush: {type: bool, default: false}
  tags: {type: list, default: []}
tasks:
  a: {run: "true"}
)";

class CsvTest : public ApiFixture {
 public:
  void SetUp() override {
    ApiFixture::SetUp();
    define("w", kOrders);
  }

  Answer ask_csv(const std::string& verb, const std::string& csv, ValueMap more = {}) {
    more.emplace_back("csv", csv);
    return post("/api/v1/workflows/w/csv-" + verb, to_json(Value(std::move(more))));
  }
  Answer plan(const std::string& csv, ValueMap more = {}) { return ask_csv("plan", csv, more); }
  Answer start(const std::string& csv, ValueMap more = {}) { return ask_csv("runs", csv, more); }

  // "2:5 what; ...": each error's place, and the beginning of what it says.
  std::string errors_of(const std::string& csv, ValueMap more = {}) {
    const Value answer = plan(csv, std::move(more)).json();
    std::string out;
    for (const Value& fault : answer.find("errors")->as_list())
      out += fmt::format("{}:{} {}; ", at(fault, "line"), at(fault, "column"), at(fault, "detail"));
    EXPECT_EQ(at(answer, "valid"), out.empty() ? "true" : "false");
    return out;
  }
  std::string counts_of(const Answer& answer) {
    return at(answer.json(), "started") + " " + at(answer.json(), "existing") + " " +
           at(answer.json(), "refused");
  }
  std::size_t runs() { return get("/api/v1/runs").json().find("items")->as_list().size(); }
};

TEST_F(CsvTest, EachRowIsARunWithItsTypedParams) {
  const std::string csv =
      "\xEF\xBB\xBF"
      "id,amount,rush,tags\r\n"
      "\"o,1\",7,true,\"a,b\"\r\n"
      "o2,,,\"[\"\"c,d\"\"]\"\r\n";
  const Answer done = start(csv);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(counts_of(done), "2 0 0");
  EXPECT_EQ(at(done.json(), "items.1.line") + at(done.json(), "items.1.outcome"), "3started");
  const Value first = get("/api/v1/runs/1").json(), second = get("/api/v1/runs/2").json();
  EXPECT_EQ(at(first, "params.id") + at(first, "params.amount"), "o,17");
  EXPECT_EQ(to_json(*first.find("params")->find("tags")), R"(["a","b"])");
  EXPECT_EQ(at(first, "params.rush") + at(first, "params.day"), "true2026-01-31");
  EXPECT_EQ(at(second, "params.amount"), "1");
  EXPECT_EQ(to_json(*second.find("params")->find("tags")), R"(["c,d"])");
}

TEST_F(CsvTest, NothingIsStartedIfARowIsWrong) {
  const std::string csv = "id,amount,day\no1,5,\no2,many,2026-02-30\n,5,\no4,101,\n";
  EXPECT_EQ(errors_of(csv),
            "3:4 param 'amount': 'many' is not a whole number; "
            "3:9 param 'day': '2026-02-30' is not a date; write it as 2026-11-22; "
            "4:1 param 'id': it is required and was not given; "
            "5:4 param 'amount': the value 101 is above the maximum of 100; ");
  const Answer refused = start(csv);
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("nothing was started: 4 of"), std::string::npos) << refused.body;
  EXPECT_EQ(runs(), 0u);
}

TEST_F(CsvTest, TheHeaderNamesParams) {
  EXPECT_EQ(errors_of("id,amuont\n1,2\n"),
            "1:4 workflow 'w' has no param 'amuont' (did you mean 'amount'?); ");
  EXPECT_EQ(errors_of("amount\n2\n"), "1:1 there is no column 'id', and this param is required; ");
  EXPECT_EQ(errors_of("amount\n2\n", {{"params", ValueMap{{"id", "x"}}}}), "");
  EXPECT_EQ(errors_of("id,id\n1,2\n"), "1:4 there are two columns 'id'; ");
  EXPECT_EQ(errors_of("id,\n1,2\n"), "1:4 this column has no name; ");
  EXPECT_EQ(errors_of("id\n1\n", {{"params", ValueMap{{"id", "x"}}}}),
            "1:1 'id' is given for all rows too: leave one out; ");
  EXPECT_EQ(errors_of("id\n"), "1:1 no row follows the names; ");
  EXPECT_EQ(errors_of("\n"), "1:1 the file is empty: its first row names the params; ");
}

TEST_F(CsvTest, RowsHaveTheCellsOfTheHeader) {
  EXPECT_EQ(errors_of("id,amount\n1\n,\n1,2,3\n"),
            "2:1 the row has 1 cells, the first row has 2; "
            "3:1 all cells of the row are empty: take it out; "
            "4:1 the row has 3 cells, the first row has 2; ");
  EXPECT_EQ(errors_of("id,amount\n\"\",2\n"), "");  // an empty text is one
}

TEST_F(CsvTest, ARowStartsOnceHoweverOftenItIsHandedIn) {
  EXPECT_EQ(counts_of(start("id,amount\nx,1\nx,1\ny,2\n")), "3 0 0");
  EXPECT_EQ(counts_of(start("id,amount\nx,1\nx,1\ny,2\n")), "0 3 0");
  EXPECT_EQ(counts_of(start("amount,id\n3,z\n1,x\n2,y\n1,x\n")), "1 3 0");
  EXPECT_EQ(counts_of(start("id,amount\nx,1\n", {{"key", "again"}})), "1 0 0");
  const Value planned = plan("id,amount\nx,1\nnew,1\n").json();
  EXPECT_EQ(at(planned, "items.0.run"), "1");
  EXPECT_EQ(at(planned, "items.1.run"), "null");
  EXPECT_EQ(runs(), 5u);
}

TEST_F(CsvTest, AColumnMayGiveTheKeys) {
  EXPECT_EQ(counts_of(start("idempotency_key,id\nk1,x\nk2,y\n")), "2 0 0");
  EXPECT_EQ(counts_of(start("idempotency_key,id\nk1,x\nk3,y\n")), "1 1 0");
  EXPECT_EQ(errors_of("idempotency_key,id\nk,x\n,y\nk,z\n"),
            "3:1 the row has no key; 4:1 line 2 has the same key; ");
  EXPECT_EQ(errors_of("idempotency_key,id\nk1,other\n"),
            "2:1 the key 'k1' has been used for run 1 with other params; take a new key for a new "
            "run; ");
  EXPECT_EQ(start("idempotency_key,id\nk1,other\nk9,x\n").status, 400);
  EXPECT_EQ(runs(), 3u);
}

TEST_F(CsvTest, EachRowThatTheEngineRefusesSaysWhy) {
  ASSERT_EQ(post("/api/v1/workflows/w/disable", R"({"note":"stocktaking"})").status, 200);
  const Answer done = start("id\nx\n");
  EXPECT_EQ(counts_of(done), "0 0 1");
  EXPECT_EQ(at(done.json(), "items.0.code"), "failed_precondition");
  EXPECT_NE(at(done.json(), "items.0.detail").find("stocktaking"), std::string::npos);
}

TEST_F(CsvTest, FaultsAreCountedBeyondThoseThatAreTold) {
  std::string csv = "id,amount\n";
  for (int i = 0; i < 150; ++i) csv += fmt::format("o{},none\n", i);
  const Value answer = plan(csv).json();
  EXPECT_EQ(answer.find("errors")->as_list().size(), limits::kErrorsShownMax);
  EXPECT_EQ(at(answer, "errors_count"), "150");
}

TEST_F(CsvTest, TheKeyHasRoomForThoseOfTheRows) {
  EXPECT_EQ(plan("id\nx\n", {{"key", std::string(168, 'k')}}).status, 200);
  EXPECT_EQ(plan("id\nx\n", {{"key", std::string(169, 'k')}}).status, 400);
}

}  // namespace
}  // namespace gantry::api
