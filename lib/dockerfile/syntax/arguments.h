#ifndef LIB_DOCKERFILE_SYNTAX_ARGUMENTS_H_
#define LIB_DOCKERFILE_SYNTAX_ARGUMENTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/instruction_body.h"

namespace rules_dockerfile {

// A joined line, split as its keyword requires.
struct Arguments {
  std::string keyword;             // as written; may be unknown
  std::vector<std::string> flags;  // "--name=value", quotes removed
  // Exec form: the strings. Shell form of CMD, ENTRYPOINT, RUN, SHELL and
  // MAINTAINER, STOPSIGNAL, USER, WORKDIR: the rest of the line, if any.
  // HEALTHCHECK: its type, then as CMD. ONBUILD: the keyword of its trigger.
  // ENV, LABEL and unknown keywords: none. Others: the words.
  std::vector<std::string> words;
  std::vector<KeyValue> pairs;  // ENV and LABEL
  bool json = false;            // exec form
  bool legacy = false;          // `ENV key value`
  bool takes_heredocs = false;  // RUN, COPY, ADD, except in exec form

  friend bool operator==(const Arguments&, const Arguments&) = default;
};

// InvalidArgument with the frontend's message.
absl::StatusOr<Arguments> ParseArguments(absl::string_view line, char escape);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_ARGUMENTS_H_
