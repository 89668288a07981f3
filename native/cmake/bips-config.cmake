# find_package(bips) gives the target bips::bips: the C library and both headers.
get_filename_component(bips_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET bips::bips)
  add_library(bips::bips SHARED IMPORTED)
  set_target_properties(bips::bips PROPERTIES
    IMPORTED_LOCATION "${bips_prefix}/lib/libbips.so.0"
    IMPORTED_SONAME "libbips.so.0"
    INTERFACE_INCLUDE_DIRECTORIES "${bips_prefix}/include")
endif()
