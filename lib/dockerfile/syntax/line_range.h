#ifndef LIB_DOCKERFILE_SYNTAX_LINE_RANGE_H_
#define LIB_DOCKERFILE_SYNTAX_LINE_RANGE_H_

namespace rules_dockerfile {

// Physical lines [first, last] of a Dockerfile, counted from 1.
struct LineRange {
  int first = 0;
  int last = 0;

  friend bool operator==(const LineRange&, const LineRange&) = default;
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_LINE_RANGE_H_
