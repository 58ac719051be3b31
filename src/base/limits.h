// Every limit in one table. Each is met with a clear message; none is silent.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace gantry::limits {

// Definitions (spec)
inline constexpr std::size_t kDefinitionBytesMax = 4u << 20;  // one YAML file
inline constexpr int kYamlDepthMax = 64;
inline constexpr std::size_t kYamlNodesMax = 2'000'000;  // after aliases are expanded
inline constexpr std::size_t kYamlAliasesMax = 1'000;
inline constexpr std::size_t kTasksMax = 100'000;  // tasks of one workflow file
inline constexpr std::size_t kForeachItemsMax = 10'000;
inline constexpr std::size_t kForeachListBytesMax = 1u << 20;
inline constexpr int kForeachWindow = 1'000;  // items at once, unless max_parallel says
inline constexpr std::size_t kUnfoldedTasksMax = 200'000;  // of a run: in all items of its foreach
inline constexpr int kGroupDepthMax = 16;
inline constexpr int kRoundsDefault = 1'000;       // of repeat
inline constexpr std::size_t kNameBytesMax = 200;  // one id
inline constexpr std::size_t kVersionFilesMax = 1'000;
inline constexpr std::size_t kVersionBytesMax = 16u << 20;  // all files a version names
inline constexpr std::size_t kGlobEntriesMax = 100'000;     // entries one glob of `files` looks at
inline constexpr std::size_t kErrorsShownMax = 100;

// Schedules
inline constexpr std::size_t kCronBytesMax = 1'000;  // one cron expression
inline constexpr Duration kEveryMin = seconds(1);    // the shortest interval of a timer

// Expressions
inline constexpr std::size_t kExpressionBytesMax = 16u << 10;
inline constexpr int kExpressionDepthMax = 64;
inline constexpr int kExpressionStepsMax = 20'000;
inline constexpr std::size_t kExpressionResultBytesMax = 256u << 10;

// Runs
inline constexpr std::size_t kParamsBytesMax = 256u << 10;
inline constexpr std::size_t kTaskOutputsBytesMax = 1u << 20;
inline constexpr std::size_t kCaptureBytesMax = 1u << 20;  // what `outputs` of a task read
inline constexpr std::size_t kCapturesMax = 16;            // different texts of one task
inline constexpr std::size_t kRunOutputsBytesMax = 8u << 20;
inline constexpr std::size_t kEnvironmentBytesMax = 1u << 20;  // all of one attempt's environment
inline constexpr std::size_t kOpenRunsMax = 1'000'000;
inline constexpr std::size_t kConcurrencyKeyBytesMax = 1'000;
inline constexpr std::size_t kErrorTailBytes = 2'000;  // of a failed attempt, in its history
inline constexpr int kRetriesMax = 1'000;
inline constexpr int kSlotsMax = 100'000;  // of the machine, of a pool
inline constexpr std::size_t kCatchupMax = 100;
inline constexpr std::size_t kCsvRowsMax = 10'000;  // runs that one CSV text starts
inline constexpr int kNotStartedMax = 10;           // fresh attempts after lost starts, in a row
inline constexpr int kStarvationEvery = 16;  // each 16th start takes the oldest, not the highest
inline constexpr int kQuarantineCrashes = 3;

// Attempts
inline constexpr std::size_t kLogHeadBytes = 64u << 20;
inline constexpr std::size_t kLogTailBytes = 1u << 20;
inline constexpr std::size_t kLogLineBytes = 16u << 10;  // longer lines are stored in parts
inline constexpr std::size_t kLogPageBytes = 4u << 20;   // read at once by those who show logs
inline constexpr std::size_t kSecretBytesMin = 6;
inline constexpr std::size_t kSecretBytesMax = 64u << 10;
inline constexpr Duration kGraceDefault = seconds(10);
inline constexpr Duration kLookEveryDefault = seconds(30);  // of a `wait` with a condition
inline constexpr std::size_t kClosedRunsResting = 1'000;    // whose attempt files are still there
inline constexpr Duration kClosedRunRest = minutes(10);     // then they are deleted

// Access
inline constexpr std::size_t kCredentialsMax = 20'000;  // tokens, sessions, links that are valid
inline constexpr std::size_t kTokenNameMax = 100;
inline constexpr std::size_t kPeopleMax = 10'000;  // of people.yaml
inline constexpr Duration kTokenLifeMax = days(3'650);
inline constexpr Duration kSessionIdleMax = hours(12);
inline constexpr Duration kSessionLifeMax = days(7);
inline constexpr Duration kLoginLinkLife = minutes(15);
inline constexpr Duration kLastUseEvery = minutes(1);  // how often the last use is written down
// Requests per second and at once, of one credential (anonymous: of one address) and class.
struct Rate {
  double per_second;
  double burst;
};
inline constexpr Rate kReadRate{1'000, 10'000};
inline constexpr Rate kHeavyRate{50, 500};
inline constexpr Rate kWriteRate{500, 5'000};
inline constexpr Rate kStartRate{5'000, 30'000};
inline constexpr Rate kStreamRate{500, 5'000};
inline constexpr Rate kFailedLoginRate{0.2, 20};        // of one address
inline constexpr std::size_t kRateBucketsMax = 10'000;  // the one not used for longest goes first

// Server
inline constexpr std::size_t kInboxMax = 20'000;
inline constexpr std::size_t kBodyBytesMax = 4u << 20;
inline constexpr std::size_t kHeaderBytesMax = 16u << 10;
inline constexpr std::size_t kConnectionsMax = 2'000;
inline constexpr std::size_t kStreamBytesMax = 1u << 20;     // waiting to be sent to a slow reader
inline constexpr std::size_t kLiveStreamsMax = 500;          // readers of /api/v1/stream at a time
inline constexpr std::size_t kStreamTopicsMax = 100;         // of one of them
inline constexpr std::size_t kStreamMemoryMax = 100'000;     // changes that a reader may be behind
inline constexpr std::size_t kStreamPartBytes = 64u << 10;   // sent to a reader at a time
inline constexpr Duration kConnectionIdleMax = seconds(60);  // no request, or no byte taken
inline constexpr Duration kRequestReadMax = seconds(30);     // for a header, and for a body
inline constexpr Duration kWaitMax = minutes(5);             // for the end of a run, in one request
inline constexpr std::size_t kIdempotencyKeyBytesMax = 200;
inline constexpr std::size_t kVersionsCachedMax = 16;  // parsed, for those who look at runs
inline constexpr int kPageDefault = 50;
inline constexpr int kPageMax = 1'000;
inline constexpr std::size_t kBatchEventsMax = 4'096;  // events the engine applies in one commit

}  // namespace gantry::limits
