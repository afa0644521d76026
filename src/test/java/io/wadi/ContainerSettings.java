package io.wadi;

import io.wadi.runtime.Features;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.WadiSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The settings of a container of Wadi in its environment. */
record ContainerSettings(Map<String, String> environment) {
    /**
     * Returns the variables that are no setting or have an invalid value. Variables without Wadi's prefix are ignored.
     */
    List<String> mistakes() {
        List<String> mistakes = new ArrayList<>();
        environment.forEach((variable, value) -> {
            Optional<Setting<?>> setting = setting(variable);
            if (!variable.startsWith("WADI_")) {
                return;
            }
            if (setting.isEmpty()) {
                mistakes.add(variable + ": there is no such setting");
            } else if (!isAllowed(setting.get(), value)) {
                mistakes.add("%s=%s: expected %s"
                        .formatted(variable, value, setting.get().allowed()));
            }
        });
        return mistakes;
    }

    private static boolean isAllowed(Setting<?> setting, String value) {
        try {
            return setting.parser().apply(value) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns the maximum duration of a stop, including the stop delay. */
    Duration longestStop() {
        return get(WadiSettings.STOP_DELAY).plus(get(WadiSettings.STOP_TIMEOUT)).plusSeconds(2);
    }

    /** Returns the value in the environment, or the default. */
    <T> T get(Setting<T> setting) {
        return setting.parser().apply(environment.getOrDefault(variable(setting), setting.defaultText()));
    }

    private static Optional<Setting<?>> setting(String variable) {
        return Features.settings().stream()
                .filter(setting -> variable(setting).equals(variable))
                .findFirst();
    }

    private static String variable(Setting<?> setting) {
        return setting.name().replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
    }
}
