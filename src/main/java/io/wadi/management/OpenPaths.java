package io.wadi.management;

import java.util.Set;

/**
 * Paths that are answered without a login, such as the page's own files: none tells anything of the pipeline.
 *
 * @param paths whole paths; {@code /} is one for who asks for a page
 */
public record OpenPaths(Set<String> paths) {}
