#include "bench/peers/peers.h"

namespace bench {

std::vector<Contestant> peers() {
  return {
#ifdef HANDFLOW_HAS_LIBTORCH
      libtorch(),
#endif
  };
}

}  // namespace bench
