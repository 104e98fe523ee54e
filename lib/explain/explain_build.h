#ifndef LIB_EXPLAIN_EXPLAIN_BUILD_H_
#define LIB_EXPLAIN_EXPLAIN_BUILD_H_

#include <string>

#include "lib/explain/build_history.h"
#include "lib/explain/execution_log.h"

namespace rules_dockerfile {

// Which instructions of an image ran in a build, and why, for people:
//
//   //app:image: 2 of 3 instructions ran
//
//   app/Dockerfile:2 COPY bin/sh /bin/sh
//     cached
//   app/Dockerfile:6 COPY src/ ./
//     ran: app/src/a.txt changed (sha256 2d711642b726 → 4355a46b19d3)
//   app/Dockerfile:7 RUN cat a.txt
//     ran: because of app/Dockerfile:6 COPY src/ ./:
//         app/src/a.txt changed (sha256 2d711642b726 → 4355a46b19d3)
//
// `after` is RecordBuild() of the log, `before` what was known earlier. An
// input that another instruction wrote is explained by what made that one run.
// A cached instruction has no entry in the log: nothing that it reads changed.
std::string ExplainBuild(const ImageRecord& before, const ImageRecord& after,
                         const ExecutionLog& log);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_EXPLAIN_BUILD_H_
