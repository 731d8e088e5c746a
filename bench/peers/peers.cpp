#include "bench/peers/peers.h"

namespace bench {

Peers peers() {
  Peers peers;
#ifdef HANDFLOW_HAS_LIBTORCH
  peers.found.push_back(libtorch());
#else
  peers.missing.push_back("libtorch");
#endif
#ifdef HANDFLOW_HAS_EIGEN
  peers.found.push_back(eigen());
#else
  peers.missing.push_back("Eigen");
#endif
#ifdef HANDFLOW_HAS_OPENBLAS
  peers.found.push_back(openblas());
#else
  peers.missing.push_back("OpenBLAS");
#endif
  peers.found.push_back(limit());
  return peers;
}

}  // namespace bench
