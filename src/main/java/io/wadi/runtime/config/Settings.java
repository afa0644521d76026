package io.wadi.runtime.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The values of all settings, read and checked once at start. */
public final class Settings {
    /** A placeholder is invalid in a setting: routes would resolve it, but commands would not. */
    private static final Pattern PLACEHOLDER = Pattern.compile("(?s)\\{\\{.*}}");

    private static final Pattern GROUP = Pattern.compile(".*\\.(group|application)");

    private final Map<Setting<?>, Object> values;

    private Settings(Map<Setting<?>, Object> values) {
        this.values = values;
    }

    /**
     * Reads every declared setting.
     *
     * @param declared all settings that exist
     * @param lookup returns the configured text of a name; empty for the default
     * @param present the names of all configured properties, to detect misspelled names; a name without the prefix
     *     {@code wadi.} is an error only if one character of the prefix makes it the name of a setting
     * @param found errors that were found before
     * @throws SettingsException if there are errors; it contains those found before, invalid values and unknown names
     */
    static Settings read(
            Collection<Setting<?>> declared,
            Function<String, Optional<String>> lookup,
            Collection<String> present,
            List<String> found) {
        List<String> mistakes = new ArrayList<>(found);
        Map<Setting<?>, Object> values = new HashMap<>();
        for (Setting<?> setting : declared) {
            String text = lookup.apply(setting.name()).orElse(setting.defaultText());
            if (PLACEHOLDER.matcher(text).find()) {
                mistakes.add("%s: a setting cannot contain a placeholder {{…}}; set %s in the environment instead"
                        .formatted(setting.name(), setting.variable()));
                continue;
            }
            try {
                values.put(setting, setting.parser().apply(text));
            } catch (IllegalArgumentException | ArithmeticException e) {
                mistakes.add("%s=%s: expected %s (default %s)%s"
                        .formatted(
                                setting.name(),
                                Secrets.hideInAddresses(text),
                                setting.allowed(),
                                setting.defaultText(),
                                NearestName.question(text, setting.choices())));
            }
        }
        checkGroups(declared, values, mistakes);
        Set<String> names = declared.stream().map(Setting::name).collect(Collectors.toSet());
        for (String name : new TreeSet<>(present)) {
            if (!names.contains(name) && (name.startsWith("wadi.") || isTypo(name, names))) {
                mistakes.add("%s: there is no such property%s".formatted(name, NearestName.question(name, names)));
            }
        }
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
        return new Settings(values);
    }

    /** Returns whether a name is that of a setting with a similar prefix, such as {@code wdi.http.port}. */
    private static boolean isTypo(String name, Set<String> names) {
        int end = name.indexOf('.');
        return end > 0
                && names.contains("wadi" + name.substring(end))
                && NearestName.distance("wadi", name.substring(0, end)) <= 1;
    }

    /** Rejects a group of two flows: Kafka would deliver each record to only one of them. */
    private static void checkGroups(
            Collection<Setting<?>> declared, Map<Setting<?>, Object> values, List<String> mistakes) {
        Map<Object, String> first = new HashMap<>();
        for (Setting<?> setting : declared) {
            Object group = values.get(setting);
            if (group != null && GROUP.matcher(setting.name()).matches()) {
                String other = first.putIfAbsent(group, setting.name());
                if (other != null) {
                    mistakes.add("%s=%s: expected another group than %s, since each would read a part of the records"
                            .formatted(setting.name(), group, other));
                }
            }
        }
    }

    /** Returns the value of a declared setting; never null. */
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        Object value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException(setting.name() + " is not declared");
        }
        return (T) value;
    }

    /**
     * Returns whether two settings are set that require each other.
     *
     * @throws IllegalArgumentException if one of them is empty
     */
    public boolean areBothSet(Setting<String> one, Setting<String> other) {
        boolean isOneSet = !get(one).isEmpty();
        if (isOneSet == get(other).isEmpty()) {
            throw new IllegalArgumentException("%s is empty, but %s is set: set both or none"
                    .formatted((isOneSet ? other : one).name(), (isOneSet ? one : other).name()));
        }
        return isOneSet;
    }

    /**
     * Returns the names of the settings that are consumer groups or Kafka Streams applications, by value: those that
     * end in {@code .group} or {@code .application}.
     */
    public Map<String, String> consumerGroups() {
        return values.entrySet().stream()
                .filter(each -> GROUP.matcher(each.getKey().name()).matches())
                .collect(Collectors.toMap(
                        each -> String.valueOf(each.getValue()),
                        each -> each.getKey().name()));
    }
}
