package io.wadi.management;

import java.util.Set;

/**
 * Paths that require no authentication, such as the files of the page, since they contain no data of the pipeline.
 *
 * @param paths exact paths; {@code /} requires no authentication only if HTML is requested
 */
public record OpenPaths(Set<String> paths) {}
