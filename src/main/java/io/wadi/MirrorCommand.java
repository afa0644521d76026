package io.wadi;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.extension.mirror.Failover;
import io.wadi.extension.mirror.Failover.Step;
import io.wadi.extension.mirror.Failover.Untranslated;
import io.wadi.extension.mirror.Flow;
import io.wadi.extension.mirror.MirrorFile;
import io.wadi.extension.mirror.MirrorLook;
import io.wadi.extension.mirror.MirrorReport;
import io.wadi.extension.mirror.MirrorText;
import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code ./wadi mirror check|status|failover}: a file of MirrorMaker's looked at without its clusters and with them, and where
 * the consumers of one cluster go on at another. A failover says what it would do, and does it with {@code --apply} only.
 *
 * <p>Exit codes: 0 well or done, 1 something is wrong or refused, which the output says, 2 it could not be done.
 */
final class MirrorCommand {
    private static final String USAGE = "Usage: ./wadi mirror check FILE | status FILE [--json]"
            + " | failover FILE --from ALIAS --to ALIAS [--group NAME]... [--untranslated earliest|latest] [--apply]";
    private static final Set<String> VERBS = Set.of("check", "status", "failover");
    private static final ObjectMapper JSON = new ObjectMapper();

    private String verb;
    private String file;
    private String from;
    private String to;
    private final Set<String> groups = new TreeSet<>();
    private Untranslated untranslated = Untranslated.REFUSED;
    private boolean apply;
    private boolean json;

    private MirrorCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given("Could not be done", out -> parse(args).run(out));
    }

    private static MirrorCommand parse(String[] args) {
        MirrorCommand command = new MirrorCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        command.verb = left.isEmpty() ? "" : left.remove();
        if (!VERBS.contains(command.verb)) {
            throw new IllegalArgumentException("\"" + command.verb + "\" is not understood. " + USAGE);
        }
        while (!left.isEmpty()) {
            command.take(left.remove(), left);
        }
        command.check();
        return command;
    }

    private void take(String word, Deque<String> left) {
        switch (word) {
            case "--from" -> from = Commands.valueOf(word, left, USAGE);
            case "--to" -> to = Commands.valueOf(word, left, USAGE);
            case "--group" -> groups.add(Commands.valueOf(word, left, USAGE));
            case "--untranslated" -> untranslated = choice(Commands.valueOf(word, left, USAGE));
            case "--apply" -> apply = true;
            case "--json" -> json = true;
            default -> file = Commands.topic(file, word, USAGE);
        }
    }

    private static Untranslated choice(String word) {
        if (!word.equals("earliest") && !word.equals("latest")) {
            throw new IllegalArgumentException("--untranslated is \"" + word + "\", not earliest or latest. " + USAGE);
        }
        return Untranslated.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private void check() {
        if (file == null) {
            throw new IllegalArgumentException(verb + " takes a file of MirrorMaker's. " + USAGE);
        }
        boolean isFailover = verb.equals("failover");
        if (isFailover && (from == null || to == null)) {
            throw new IllegalArgumentException("failover takes --from, the cluster that is left, and --to. " + USAGE);
        }
        if (!isFailover
                && (from != null || to != null || !groups.isEmpty() || untranslated != Untranslated.REFUSED || apply)) {
            throw new IllegalArgumentException(
                    "--from, --to, --group, --untranslated and --apply go with failover. " + USAGE);
        }
        if (json && !verb.equals("status")) {
            throw new IllegalArgumentException("--json goes with status. " + USAGE);
        }
    }

    private int run(PrintStream out) throws Exception {
        MirrorFile mirror;
        try {
            mirror = MirrorFile.read(Path.of(file));
        } catch (SettingsException e) {
            e.mistakes().forEach(out::println);
            return 1;
        }
        return switch (verb) {
            case "check" -> check(mirror, out);
            case "status" -> status(mirror, out);
            default -> failover(mirror, out);
        };
    }

    private static int check(MirrorFile mirror, PrintStream out) {
        for (Flow each : mirror.flows()) {
            out.printf("%s: %s → %s%n", each.name(), mirror.servers(each.from()), mirror.servers(each.to()));
        }
        return 0;
    }

    private int status(MirrorFile mirror, PrintStream out) throws InterruptedException, IOException {
        try (MirrorLook look = new MirrorLook(mirror, Clock.systemUTC())) {
            MirrorReport report = look.look();
            if (json) {
                out.println(json(report).toPrettyString());
            } else {
                MirrorText.of(report).forEach(out::println);
            }
            return report.flows().stream().allMatch(each -> each.problems().isEmpty()) ? 0 : 1;
        }
    }

    private static ObjectNode json(MirrorReport report) {
        ObjectNode json = JSON.createObjectNode().put("timeMs", report.timeMs());
        ArrayNode flows = json.putArray("flows");
        report.flows().forEach(state -> {
            ObjectNode flow = flows.addObject()
                    .put("flow", state.flow().name())
                    .put("lag", state.lag())
                    .put("lagMs", state.lagMs())
                    .put("heartbeatAgeMs", state.heartbeatAgeMs());
            ArrayNode problems = flow.putArray("problems");
            state.problems().forEach(problems::add);
            ArrayNode partitions = flow.putArray("partitions");
            state.partitions()
                    .forEach(each -> partitions
                            .addObject()
                            .put("topic", each.topic())
                            .put("partition", each.partition())
                            .put("position", each.position())
                            .put("end", each.end())
                            .put("lag", each.lag())
                            .put("lagMs", each.lagMs()));
        });
        return json;
    }

    private int failover(MirrorFile mirror, PrintStream out) throws InterruptedException {
        try (Failover failover = new Failover(mirror, mirror.flow(from, to))) {
            List<Step> steps = failover.plan(groups, untranslated);
            if (failover.sourceProblem() != null) {
                out.println(failover.sourceProblem());
                out.println("So groups of " + from + " that MirrorMaker has written nothing down of are not known.");
            }
            boolean isRefused = steps.stream().anyMatch(Step::refused);
            if (apply && !isRefused) {
                failover.apply(steps);
            }
            for (Step each : steps) {
                out.println(words(each, apply && !isRefused));
            }
            out.println(end(steps, isRefused));
            return isRefused ? 1 : 0;
        }
    }

    private String end(List<Step> steps, boolean isRefused) {
        if (isRefused) {
            String remedy = steps.stream()
                            .filter(Step::refused)
                            .anyMatch(each -> each.words().contains("translation"))
                    ? " What has no translation goes on by --untranslated earliest, which reads all of it again, or latest,"
                            + " which leaves it out."
                    : "";
            return "Refused: nothing was set." + remedy;
        }
        long again = steps.stream().mapToLong(Step::again).sum();
        String all = "%d partitions of %d groups; at most %d records are read again, none is left out%s."
                .formatted(
                        steps.size(),
                        steps.stream().map(Step::group).distinct().count(),
                        again,
                        untranslated == Untranslated.LATEST ? " but where there is no translation" : "");
        return apply || steps.stream().noneMatch(Step::isToDo) ? all : all + " Nothing was set: --apply does it.";
    }

    private static String words(Step step, boolean isApplied) {
        String where = "%s  %s-%d: ".formatted(step.group(), step.topic(), step.partition());
        if (step.refused()) {
            return where + "refused: " + step.words();
        }
        if (step.to() == null) {
            return where + step.words();
        }
        String committed = step.from() == null ? "nothing committed" : "committed " + step.from();
        String set =
                step.isToDo() ? (isApplied ? " → set to " : " → would be set to ") + step.to() : ", as it is to be";
        return Stream.of(
                        committed + set,
                        "at most " + step.again() + " read again",
                        step.words() == null ? "" : step.words())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; ", where, ""));
    }
}
