package io.wadi.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.extension.mirror.Failover;
import io.wadi.extension.mirror.Failover.Step;
import io.wadi.extension.mirror.Failover.Untranslated;
import io.wadi.extension.mirror.MirrorFile;
import io.wadi.extension.mirror.MirrorMonitor;
import io.wadi.extension.mirror.MirrorReport;
import io.wadi.extension.mirror.MirrorText;
import io.wadi.extension.mirror.MirrorWatchSettings;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code wadi mirror}: checks MirrorMaker 2's files, reports the state of mirrors, and moves consumer groups to another
 * cluster.
 */
@Command(
        description =
                "Checks MirrorMaker 2's files, reports the state of mirrors, and moves consumer groups to another cluster.",
        exitCodeList = {
            "0:healthy, or done",
            "1:a problem or a refusal; the output has the reason",
            "2:the command failed, or the arguments are invalid"
        })
final class MirrorCommand extends OperatorCommand {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "A file of MirrorMaker 2, such as those in docker/mirror/.";

    MirrorCommand(Terminal terminal) {
        super(terminal, "Command failed");
    }

    @Command(description = "Checks a file without connecting to its clusters.")
    int check(
            @Parameters(paramLabel = "FILE", description = FILE) Path file,
            @Option(names = "--json", description = "Prints JSON.") boolean json)
            throws Exception {
        Optional<MirrorFile> mirror = read(file);
        if (mirror.isEmpty()) {
            return 1;
        }
        List<Mirrored> flows = mirror.get().flows().stream()
                .map(each -> new Mirrored(
                        each.name(),
                        mirror.get().servers(each.from()),
                        mirror.get().servers(each.to())))
                .toList();
        print(
                json,
                flows,
                () -> flows.forEach(each -> out().printf("%s: %s → %s%n", each.flow(), each.from(), each.to())));
        return 0;
    }

    /** The JSON of a flow. */
    private record Mirrored(String flow, String from, String to) {}

    @Command(description = "Prints the lag and the problems of each flow of a file.")
    int status(
            @Parameters(paramLabel = "FILE", description = FILE) Path file,
            @Option(names = "--json", description = "Prints JSON.") boolean json)
            throws Exception {
        Optional<MirrorFile> mirror = read(file);
        return mirror.isEmpty() ? 1 : status(mirror.get(), json);
    }

    @Command(
            description =
                    "Sets the offsets of consumer groups at another cluster. Prints the changes, and makes them only with --apply.")
    int failover(
            @Parameters(paramLabel = "FILE", description = FILE) Path file,
            @Option(
                            names = "--from",
                            required = true,
                            paramLabel = "ALIAS",
                            description = "The cluster that the consumers leave.")
                    String from,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "ALIAS",
                            description = "The cluster where the consumers continue.")
                    String to,
            @Option(names = "--group", paramLabel = "NAME", description = "A group; can be repeated (default: all)")
                    Set<String> groups,
            @Option(
                            names = "--untranslated",
                            paramLabel = "WHERE",
                            converter = UntranslatedValue.class,
                            description =
                                    "Offset of partitions without a translated one: earliest, which reads all records again, or latest, which skips them; partitions that the other cluster does not have get no offset (default: the failover is refused)")
                    Untranslated untranslated,
            @Option(names = "--apply", description = "Applies the failover.") boolean apply)
            throws Exception {
        Optional<MirrorFile> mirror = read(file);
        Plan plan = new Plan(
                from,
                to,
                groups == null ? Set.of() : new TreeSet<>(groups),
                untranslated == null ? Untranslated.REFUSED : untranslated,
                apply);
        return mirror.isEmpty() ? 1 : failover(mirror.get(), plan);
    }

    private static final class UntranslatedValue extends OptionValues.Parsed<Untranslated> {
        UntranslatedValue() {
            super(
                    text -> Untranslated.valueOf(
                            Units.matching(text, "earliest|latest").toUpperCase(Locale.ROOT)),
                    "earliest or latest");
        }
    }

    private record Plan(String from, String to, Set<String> groups, Untranslated untranslated, boolean apply) {}

    /** Reads a file; prints the errors of an invalid file and returns empty. */
    private Optional<MirrorFile> read(Path file) throws IOException {
        if (Files.isDirectory(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException(file + ": no such file, or it cannot be read");
        }
        try {
            return Optional.of(MirrorFile.read(file));
        } catch (SettingsException e) {
            e.mistakes().forEach(terminal().err()::println);
            return Optional.empty();
        }
    }

    private int status(MirrorFile mirror, boolean json) throws InterruptedException, IOException {
        try (MirrorMonitor monitor = new MirrorMonitor(mirror, Clock.systemUTC())) {
            MirrorReport report = monitor.measure();
            print(json, json(report), () -> MirrorText.of(report).forEach(out()::println));
            Duration heartbeatTimeout = defaultOf(MirrorWatchSettings.HEARTBEAT_TIMEOUT);
            Duration maxLag = defaultOf(MirrorWatchSettings.MAX_LAG);
            return report.flows().stream()
                            .allMatch(each -> each.problems().isEmpty() && !each.exceeds(heartbeatTimeout, maxLag))
                    ? 0
                    : 1;
        }
    }

    private static Duration defaultOf(Setting<Duration> limit) {
        return limit.parser().apply(limit.defaultText());
    }

    private static ObjectNode json(MirrorReport report) {
        ObjectNode json = JSON.createObjectNode().put("timeMs", report.timeMs());
        ArrayNode flows = json.putArray("flows");
        report.flows().forEach(state -> {
            ObjectNode flow = flows.addObject()
                    .put("flow", state.flow().name())
                    .put("lag", state.isLagKnown() ? (Long) state.lag() : null)
                    .put("lagMs", state.isLagKnown() ? state.lagMs() : null)
                    .put("heartbeatAgeMs", state.heartbeatAgeMs());
            flow.set("problems", JSON.valueToTree(state.problems()));
            flow.set("partitions", JSON.valueToTree(state.partitions()));
        });
        return json;
    }

    private int failover(MirrorFile mirror, Plan plan) throws InterruptedException {
        try (Failover failover = new Failover(mirror, mirror.flow(plan.from(), plan.to()))) {
            List<Step> steps = failover.plan(plan.groups(), plan.untranslated());
            if (failover.sourceProblem() != null) {
                out().println(failover.sourceProblem());
                out().println("Groups of " + plan.from()
                        + " without a checkpoint of MirrorMaker are therefore unknown.");
            }
            failover.unreadable()
                    .forEach((group, reason) -> out().printf(
                                    "The offsets of group %s at %s are unknown; without a checkpoint of MirrorMaker, it is left out. %s%n",
                                    group, plan.from(), reason));
            if (!failover.excluded().isEmpty()) {
                out().printf(
                                "Left out, as MirrorMaker's groups and groups.exclude do: %s. --group with --untranslated moves one.%n",
                                String.join(", ", failover.excluded()));
            }
            boolean isRefused = steps.stream().anyMatch(Step::refused);
            if (plan.apply() && !isRefused) {
                failover.apply(steps);
            }
            for (Step each : steps) {
                out().println(describe(each, plan.apply() && !isRefused));
            }
            out().println(isRefused ? refused(steps, plan, failover.sourceProblem() == null) : summary(steps, plan));
            return isRefused ? 1 : 0;
        }
    }

    private static String refused(List<Step> steps, Plan plan, boolean hasSource) {
        List<Step> refused = steps.stream().filter(Step::refused).toList();
        String remedies = "";
        if (refused.stream().anyMatch(each -> each.words().contains("translation"))) {
            remedies += " Partitions without a translated offset need --untranslated earliest, which reads all records"
                    + " again, or latest, which skips them.";
        }
        if (refused.stream().anyMatch(Step::missing)) {
            remedies += hasSource
                    ? " MirrorMaker has to create missing partitions first; with"
                    : " MirrorMaker cannot create missing partitions while %s does not respond; with"
                            .formatted(plan.from());
            remedies += " --untranslated they get no offset, and the group starts there by auto.offset.reset.";
        }
        return "Refused: nothing was set." + remedies;
    }

    private static String summary(List<Step> steps, Plan plan) {
        List<Step> existing = steps.stream().filter(each -> !each.missing()).toList();
        List<String> exceptions = new ArrayList<>();
        if (plan.untranslated() == Untranslated.LATEST) {
            exceptions.add("partitions without a translated offset");
        }
        if (existing.size() < steps.size()) {
            exceptions.add("partitions that %s does not have".formatted(plan.to()));
        }
        String all = "%d partitions of %d groups; at most %d records are read again, none is skipped%s."
                .formatted(
                        existing.size(),
                        existing.stream().map(Step::group).distinct().count(),
                        existing.stream().mapToLong(Step::again).sum(),
                        exceptions.isEmpty() ? "" : " except in " + String.join(" and in ", exceptions));
        return plan.apply() || steps.stream().noneMatch(Step::isChange)
                ? all
                : all + " Dry run: nothing was set; use --apply to set the offsets.";
    }

    private static String describe(Step step, boolean isApplied) {
        String where = "%s  %s-%d: ".formatted(step.group(), step.topic(), step.partition());
        if (step.refused()) {
            return where + "refused: " + step.words();
        }
        if (step.to() == null) {
            return where + step.words();
        }
        String committed = step.from() == null ? "nothing committed" : "committed " + step.from();
        String set = step.isChange() ? (isApplied ? " → set to " : " → would be set to ") + step.to() : ", unchanged";
        return Stream.of(
                        committed + set,
                        "at most " + step.again() + " read again",
                        step.words() == null ? "" : step.words())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; ", where, ""));
    }
}
