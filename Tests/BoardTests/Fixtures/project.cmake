# Stands for ESP-IDF's tools/cmake/project.cmake: notes what a project's CMake files ask of it in components.txt, a
# word a line, behind the component's name and the argument's.
set(NOTES "${CMAKE_BINARY_DIR}/components.txt")
file(WRITE "${NOTES}" "")

function(idf_component_register)
    set(flags WHOLE_ARCHIVE)
    set(lists SRCS SRC_DIRS EXCLUDE_SRCS INCLUDE_DIRS PRIV_INCLUDE_DIRS REQUIRES PRIV_REQUIRES LDFRAGMENTS
        EMBED_FILES EMBED_TXTFILES KCONFIG KCONFIG_PROJBUILD)
    cmake_parse_arguments(PARSE_ARGV 0 given "${flags}" "" "${lists}")
    if(given_UNPARSED_ARGUMENTS OR given_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "${COMPONENT_NAME}: idf_component_register does not know "
            "${given_UNPARSED_ARGUMENTS} ${given_KEYWORDS_MISSING_VALUES}")
    endif()
    foreach(list IN LISTS lists)
        foreach(word IN LISTS given_${list})
            file(APPEND "${NOTES}" "${COMPONENT_NAME}\t${list}\t${word}\n")
        endforeach()
    endforeach()
endfunction()

macro(project name)
    set(PROJECT_NAME "${name}")
    file(APPEND "${NOTES}" "project\tNAME\t${name}\n")
    foreach(folder IN LISTS EXTRA_COMPONENT_DIRS)
        file(APPEND "${NOTES}" "project\tEXTRA_COMPONENT_DIRS\t${folder}\n")
    endforeach()
    file(GLOB folders "${CMAKE_SOURCE_DIR}/main" "${CMAKE_SOURCE_DIR}/components/*")
    foreach(COMPONENT_DIR IN LISTS folders)
        get_filename_component(COMPONENT_NAME "${COMPONENT_DIR}" NAME)
        include("${COMPONENT_DIR}/CMakeLists.txt")
    endforeach()
endmacro()
