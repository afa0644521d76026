package io.wadi.extension.mirror;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ways around several clusters on which MirrorMaker would copy its own copies for ever. It knows a copy by its name, so there
 * is none as long as all flows of a circle put the cluster's alias before it; one flow that keeps names is enough.
 */
final class ReplicationCycles {
    private ReplicationCycles() {}

    /** What is wrong, a sentence for each circle. */
    static List<String> in(List<ReplicationFlow> flows) {
        List<String> found = new ArrayList<>();
        flows.stream()
                .map(ReplicationFlow::from)
                .distinct()
                .sorted()
                .forEach(begin -> walk(flows, begin, List.of(), found));
        return found;
    }

    /** Goes on from the end of a path; each circle is found from its first alias only. */
    private static void walk(
            List<ReplicationFlow> flows, String begin, List<ReplicationFlow> path, List<String> found) {
        String at = path.isEmpty() ? begin : path.get(path.size() - 1).to();
        for (ReplicationFlow next : flows) {
            boolean wasThere = path.stream().anyMatch(each -> each.from().equals(next.to()));
            if (!next.from().equals(at) || next.to().compareTo(begin) < 0) {
                continue;
            }
            List<ReplicationFlow> longer =
                    Stream.concat(path.stream(), Stream.of(next)).toList();
            if (next.to().equals(begin)) {
                if (loops(longer)) {
                    found.add(words(longer));
                }
            } else if (!wasThere) {
                walk(flows, begin, longer, found);
            }
        }
    }

    private static boolean loops(List<ReplicationFlow> circle) {
        if (circle.stream().noneMatch(ReplicationFlow::keepsNames)) {
            return false;
        }
        // Once a name changes on the way, the filters do not tell any more what comes around.
        return !circle.stream().allMatch(ReplicationFlow::keepsNames)
                || circle.stream()
                        .allMatch(one ->
                                circle.stream().allMatch(other -> one.topics().mayShare(other.topics())));
    }

    private static String words(List<ReplicationFlow> circle) {
        return ("%s would loop: under their own names, records come back to where they were sent to, and are copied again"
                        + " without end. Leave one of them out, or give each topics of its own, or take"
                        + " DefaultReplicationPolicy, whose names tell copies")
                .formatted(circle.stream().map(ReplicationFlow::name).collect(Collectors.joining(", ")));
    }
}
