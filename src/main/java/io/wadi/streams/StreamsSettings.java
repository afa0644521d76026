package io.wadi.streams;

import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.util.List;

/** The settings of declared topologies. */
public final class StreamsSettings {
    public static final Setting<String> DIRECTORY =
            text("wadi.streams.directory", "streams", "Where the files of topologies stand.");
    public static final Setting<String> FILES = matching(
            "wadi.streams.files",
            "",
            "\\*|([\\w.-]+(\\s*,\\s*[\\w.-]+)*)?",
            "names of files, separated by commas, or * for all, or nothing for none",
            "Which of them run, by their names without .yaml; *: all; empty: none.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(DIRECTORY, FILES);

    private StreamsSettings() {}
}
