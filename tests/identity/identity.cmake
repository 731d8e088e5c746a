# cmake -DPROGRAM=training_hash -DISAS=list -DTHREADS=list -DFUSED=hash -DNOT_FUSED=hash
#       -P identity.cmake
#
# The same seed gives the same bits with AVX2 and AVX-512, with one thread and several, and, because
# the hashes stand in a file, with every compiler and at every level of optimisation. Without fused
# multiply-adds (the x86 baseline) the bits are others, and the same there.
set(failed FALSE)
foreach(isa IN LISTS ISAS)
  foreach(threads IN LISTS THREADS)
    execute_process(
      COMMAND ${CMAKE_COMMAND} -E env HANDFLOW_ISA=${isa} HANDFLOW_THREADS=${threads} ${PROGRAM}
      OUTPUT_VARIABLE output OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
      message(FATAL_ERROR "${PROGRAM} with HANDFLOW_ISA=${isa}: ${result}")
    endif()
    if(NOT output MATCHES "^([a-z0-9]+) kernels, (fused|not fused), ([0-9]+) threads: ([0-9a-f]+)$")
      message(FATAL_ERROR "cannot read: ${output}")
    endif()
    if(NOT CMAKE_MATCH_1 STREQUAL isa)
      message("this machine does not run ${isa}: not compared")
      break()
    endif()
    if(NOT CMAKE_MATCH_3 EQUAL threads)
      message(FATAL_ERROR "asked for ${threads} threads: ${output}")
    endif()
    set(expected ${FUSED})
    if(CMAKE_MATCH_2 STREQUAL "not fused")
      set(expected ${NOT_FUSED})
    endif()
    if(CMAKE_MATCH_4 STREQUAL expected)
      message("${output}")
    else()
      message("${output} is not ${expected}")
      set(failed TRUE)
    endif()
  endforeach()
endforeach()
if(failed)
  message(FATAL_ERROR "not the same bits")
endif()
