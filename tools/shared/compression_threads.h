#ifndef TOOLS_SHARED_COMPRESSION_THREADS_H_
#define TOOLS_SHARED_COMPRESSION_THREADS_H_

namespace rules_dockerfile {

// The number of threads with which an action compresses a layer. An action is
// meant to use one core; a few more for a moment shorten the end of a build,
// where the compression of the last layer stands.
int CompressionThreads();

}  // namespace rules_dockerfile

#endif  // TOOLS_SHARED_COMPRESSION_THREADS_H_
