package io.wadi.streams.topology;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The layout of a topology's state in Kafka, by which a later version of the file is compared with the existing state.
 * {@link StateHistory} stores it as JSON: another wording of a description is another layout.
 *
 * @param state descriptions of state and repartitioning by name
 * @param arms the arms of branches that lead to these, by name
 * @param predecessors the previous state or repartitioning of the flow, by name; empty for the first one. Null in
 *     layouts that a previous version has stored
 * @param topics the internal topics
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record StateLayout(
        Map<String, String> state, Map<String, String> arms, Map<String, String> predecessors, Set<String> topics) {
    /**
     * Returns the reasons, by name, why a topology with this layout cannot continue with existing state; empty if it
     * can.
     */
    Map<String, String> differencesFrom(StateLayout existing) {
        Map<String, String> differences = new TreeMap<>();
        Set<String> names = new TreeSet<>(existing.state.keySet());
        names.addAll(state.keySet());
        for (String name : names) {
            String oldState = existing.state.get(name);
            String newState = state.get(name);
            if (!Objects.equals(oldState, newState)) {
                differences.put(name, difference(name, oldState, newState));
            }
        }
        if (differences.isEmpty()) {
            differences.putAll(movedArms(existing));
        }
        return differences.isEmpty() ? movedSteps(existing) : differences;
    }

    private static String difference(String name, String oldState, String newState) {
        if (oldState == null) {
            return "%s is new (%s) and would lack earlier records".formatted(name, newState);
        }
        return newState == null
                ? "%s is missing (%s), and its state would be orphaned".formatted(name, oldState)
                : "%s is %s, but the existing state is %s".formatted(name, newState, oldState);
    }

    /**
     * Describes the places that are now in an arm with state that is in another place with the same description, such
     * as after a change of the order of arms.
     */
    private Map<String, String> movedArms(StateLayout existing) {
        Map<String, String> moved = new TreeMap<>();
        arms.forEach((place, arm) -> existing.arms.entrySet().stream()
                .filter(old -> old.getValue().equals(arm) && !arm.equals(existing.arms.get(place)))
                .map(Map.Entry::getKey)
                .filter(old -> withoutNumber(old).equals(withoutNumber(place))
                        && Objects.equals(state.get(old), state.get(place)))
                .findFirst()
                .ifPresent(old -> moved.put(
                        place,
                        "%s is in the branch of %s; the state of this branch is %s".formatted(place, arm, old))));
        return moved;
    }

    /**
     * Describes the places that follow another one than before. Steps of different kinds are numbered independently, so
     * their names do not change when they are swapped.
     */
    private Map<String, String> movedSteps(StateLayout existing) {
        Map<String, String> moved = new TreeMap<>();
        if (predecessors == null || existing.predecessors == null) {
            return moved;
        }
        predecessors.forEach((place, now) -> {
            String before = existing.predecessors.get(place);
            if (before != null && !before.equals(now)) {
                moved.put(
                        place,
                        "%s follows %s; in the existing state, it follows %s"
                                .formatted(place, orInput(now), orInput(before)));
            }
        });
        return moved;
    }

    private static String orInput(String place) {
        return place.isEmpty() ? "the input topic" : place;
    }

    /** Returns the name of a place without its number: the flow and, for some steps, the kind of step. */
    private static String withoutNumber(String place) {
        return place.replaceFirst("-\\d+$", "");
    }
}
