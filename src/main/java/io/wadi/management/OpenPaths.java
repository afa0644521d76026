package io.wadi.management;

import java.util.Set;

/**
 * Paths that need no authentication, such as the files of the page: they contain nothing about the pipeline.
 *
 * @param paths exact paths; {@code /} needs no authentication only if HTML is requested
 */
public record OpenPaths(Set<String> paths) {}
