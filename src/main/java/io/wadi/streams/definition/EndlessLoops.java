package io.wadi.streams.definition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Flows that write each record to a topic from which it returns, so that it would be processed again without end. A
 * flow that may drop a record, or pass it to another branch the next time, is part of no loop: it can wait, or count
 * its attempts.
 */
public final class EndlessLoops {
    private EndlessLoops() {}

    /**
     * A sink that a flow writes each record to that enters a branch.
     *
     * @param file the name of the file, without extension
     * @param from the flow's input topic
     * @param isRest whether the records have not met the condition of another branch
     * @param isChanged whether a step may change which conditions a record meets the next time
     */
    private record Write(String file, String from, Sink sink, boolean isRest, boolean isChanged) {
        String to() {
            return sink.topics().get(0);
        }

        String at() {
            return "streams/%s.yaml line %d".formatted(file, sink.line());
        }
    }

    /** Describes each loop in the flows of these files, at the sink with which it begins. */
    public static List<String> mistakes(Collection<StreamsFile> files) {
        List<Write> writes = new ArrayList<>();
        files.forEach(file -> file.flows()
                .forEach(flow -> walk(
                        flow.steps(), new Write(file.name(), flow.from().topic(), flow.to(), false, false), writes)));
        List<String> mistakes = new ArrayList<>();
        Set<Write> reported = new HashSet<>();
        // A record that a step changes may meet another condition the next time.
        for (Predicate<Write> isCertain :
                List.<Predicate<Write>>of(each -> !each.isRest(), each -> !each.isChanged())) {
            List<Write> certain = writes.stream().filter(isCertain).toList();
            for (Write each : certain) {
                List<Write> loop = reported.contains(each) ? List.of() : loop(each, certain);
                if (!loop.isEmpty()) {
                    reported.addAll(loop);
                    mistakes.add(mistake(loop));
                }
            }
        }
        return mistakes;
    }

    /** Collects the sinks after steps. */
    private static void walk(List<Step> steps, Write end, List<Write> writes) {
        boolean isChanged = end.isChanged();
        for (Step step : steps) {
            if (step instanceof Step.Branch branch) {
                boolean isRest = end.isRest();
                for (Step.Arm arm : branch.arms()) {
                    if (arm.when() == null) {
                        walk(arm.steps(), new Write(end.file(), end.from(), arm.to(), isRest, isChanged), writes);
                    }
                    isRest = true;
                }
                return;
            }
            if (step.canDrop()) {
                return;
            }
            isChanged |= !(step instanceof Step.Repartition);
        }
        if (end.sink().topics().size() == 1) {
            writes.add(new Write(end.file(), end.from(), end.sink(), end.isRest(), isChanged));
        }
    }

    /** Returns the shortest loop that begins with a write; empty if there is none. */
    private static List<Write> loop(Write first, List<Write> writes) {
        Deque<List<Write>> paths = new ArrayDeque<>(List.of(List.of(first)));
        Set<String> reached = new HashSet<>();
        while (!paths.isEmpty()) {
            List<Write> path = paths.remove();
            String topic = path.get(path.size() - 1).to();
            if (topic.equals(first.from())) {
                return path;
            }
            if (reached.add(topic)) {
                writes.stream()
                        .filter(next -> next.from().equals(topic))
                        .forEach(next -> paths.add(
                                Stream.concat(path.stream(), Stream.of(next)).toList()));
            }
        }
        return List.of();
    }

    private static String mistake(List<Write> loop) {
        Write first = loop.get(0);
        String way = loop.size() == 1
                ? "like from"
                : loop.stream()
                        .skip(1)
                        .map(each -> "which %s copies to %s".formatted(each.at(), each.to()))
                        .collect(Collectors.joining(", "));
        return "%s: to is %s, %s: each record would be processed again without end; expected another topic, or a filter before"
                .formatted(first.at(), first.to(), way);
    }
}
