package io.wadi.runtime.config;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** The check of the topics to which a flow writes, including dead letters. */
public final class OutputTopics {
    private OutputTopics() {}

    /**
     * Rejects an output that is an input, since its records would be processed again without end.
     *
     * @param input the setting of the input topics
     * @param settings returns the topic of an output
     * @throws SettingsException with all such outputs
     */
    public static void check(
            Setting<?> input,
            Collection<String> inputs,
            List<Setting<String>> outputs,
            Function<Setting<String>, String> settings) {
        List<String> mistakes = outputs.stream()
                .filter(output -> inputs.contains(settings.apply(output)))
                .map(output -> "%s=%s: expected a topic that is not an input (%s)"
                        .formatted(output.name(), settings.apply(output), input.name()))
                .toList();
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
    }
}
