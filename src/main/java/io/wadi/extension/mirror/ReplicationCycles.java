package io.wadi.extension.mirror;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds cycles of flows in which MirrorMaker would copy records endlessly. MirrorMaker recognizes copies by the alias
 * in the names of their topics, so such a cycle has a flow that keeps names.
 */
final class ReplicationCycles {
    private ReplicationCycles() {}

    /** Returns a message for each cycle. */
    static List<String> in(List<ReplicationFlow> flows) {
        List<String> found = new ArrayList<>();
        flows.stream()
                .map(ReplicationFlow::from)
                .distinct()
                .sorted()
                .forEach(begin -> walk(flows, begin, List.of(), found));
        return found;
    }

    /** Extends a path; each cycle is found from its first alias only. */
    private static void walk(
            List<ReplicationFlow> flows, String begin, List<ReplicationFlow> path, List<String> found) {
        String at = path.isEmpty() ? begin : path.get(path.size() - 1).to();
        for (ReplicationFlow next : flows) {
            boolean isVisited = path.stream().anyMatch(each -> each.from().equals(next.to()));
            if (!next.from().equals(at) || next.to().compareTo(begin) < 0) {
                continue;
            }
            List<ReplicationFlow> longer =
                    Stream.concat(path.stream(), Stream.of(next)).toList();
            if (next.to().equals(begin)) {
                if (loops(longer)) {
                    found.add(message(longer));
                }
            } else if (!isVisited) {
                walk(flows, begin, longer, found);
            }
        }
    }

    private static boolean loops(List<ReplicationFlow> cycle) {
        if (cycle.stream().noneMatch(ReplicationFlow::keepsNames)) {
            return false;
        }
        // If only some flows keep names, the filters do not prove that no topic passes all of them.
        return !cycle.stream().allMatch(ReplicationFlow::keepsNames)
                || cycle.stream()
                        .allMatch(one ->
                                cycle.stream().allMatch(other -> one.topics().mayShare(other.topics())));
    }

    private static String message(List<ReplicationFlow> cycle) {
        return ("%s would loop: records return to their source topics and are copied again endlessly. Remove one of the"
                        + " flows, or give them disjoint topics, or use DefaultReplicationPolicy, which marks copies by name")
                .formatted(cycle.stream().map(ReplicationFlow::name).collect(Collectors.joining(", ")));
    }
}
