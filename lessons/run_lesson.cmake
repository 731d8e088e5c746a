# Runs one lesson at full settings, and keeps what its page shows beside it: the output without the
# lines that vary by machine (varies_by_machine() in lab/report.cpp), and the pictures it drew.
set(ENV{LC_ALL} C.UTF-8)
unset(ENV{HANDFLOW_ASCII})
execute_process(COMMAND ${program} --out ${out}
  OUTPUT_VARIABLE output ECHO_OUTPUT_VARIABLE COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "\n(~ |gnuplot not found)[^\n]*" "" output "\n${output}")
string(SUBSTRING "${output}" 1 -1 output)
file(WRITE ${folder}/expected.txt "${output}")
foreach(type IN ITEMS png gif)
  if(EXISTS ${out}/${slug}.${type})
    file(COPY_FILE ${out}/${slug}.${type} ${folder}/figure.${type})
  endif()
endforeach()
