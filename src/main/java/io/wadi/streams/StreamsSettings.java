package io.wadi.streams;

import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.util.List;

public final class StreamsSettings {
    public static final Setting<String> DIRECTORY =
            text("wadi.streams.directory", "streams", "Directory of the topologies' files.");
    public static final Setting<String> FILES = matching(
            "wadi.streams.files",
            "",
            "\\*|([\\w.-]+(\\s*,\\s*[\\w.-]+)*)?",
            "names of files, separated by commas, or * for all, or nothing for none",
            "Files to run, by name without .yaml; *: all; empty: none.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(StreamsSettings.class);

    private StreamsSettings() {}
}
