#include "lessons/lab/terminal.h"

#include "tests/lessons/lab/scratch.h"

namespace lab {
namespace {

using testing::Environment;

TEST(Terminal, TheFirstLocaleVariableThatIsSetDecides) {
  const Environment ascii("HANDFLOW_ASCII", nullptr);
  const Environment all("LC_ALL", "");
  const Environment ctype("LC_CTYPE", nullptr);
  const Environment lang("LANG", "zh_CN.UTF-8");
  EXPECT_TRUE(terminal_ink().unicode);
  {
    const Environment utf8("LC_CTYPE", "C.utf8");
    EXPECT_TRUE(terminal_ink().unicode);
  }
  {
    const Environment plain("LC_ALL", "C");
    EXPECT_FALSE(terminal_ink().unicode);
  }
  const Environment none("LANG", nullptr);
  EXPECT_FALSE(terminal_ink().unicode);
}

TEST(Terminal, HandflowAsciiWins) {
  const Environment all("LC_ALL", "C.UTF-8");
  const Environment ascii("HANDFLOW_ASCII", "1");
  EXPECT_FALSE(terminal_ink().unicode);
}

TEST(Terminal, NoColourInAFile) {
  ::testing::internal::CaptureStdout();
  const bool colour = terminal_ink().colour;
  ::testing::internal::GetCapturedStdout();
  EXPECT_FALSE(colour);
}

}  // namespace
}  // namespace lab
