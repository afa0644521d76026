package io.wadi.cli;

import static io.wadi.kafka.records.RecordText.inLine;

import io.wadi.kafka.groups.GroupOffsetReset;
import io.wadi.kafka.groups.GroupOffsetReset.Step;
import io.wadi.kafka.groups.GroupSnapshot;
import io.wadi.kafka.groups.GroupSnapshot.Member;
import io.wadi.kafka.groups.GroupSnapshot.Position;
import io.wadi.kafka.groups.GroupsAdmin;
import io.wadi.kafka.groups.GroupsAdmin.Listed;
import io.wadi.kafka.groups.ResetTarget;
import io.wadi.kafka.records.TopicReader;
import io.wadi.landing.LandingSettings;
import io.wadi.landing.OffsetResetCheck;
import io.wadi.runtime.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code wadi groups}: lists, describes and resets the consumer groups of the cluster. */
@Command(
        description = {"Lists, describes and resets consumer groups.", "Without a subcommand, it runs list."},
        exitCodeList = {
            "0:done",
            "1:a reset is refused; the output has the reason",
            "2:the command failed, or the arguments are invalid"
        })
final class GroupsCommand extends OperatorCommand {
    private static final Duration READ_WITHIN = Duration.ofSeconds(5);

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Prints JSON.")
    private boolean json;

    @Mixin
    private PipelineOptions pipeline;

    GroupsCommand(Terminal terminal) {
        super(terminal, "Command failed");
    }

    @Override
    public Integer call() throws Exception {
        return list();
    }

    @Command(
            description =
                    "Lists all groups with their states and types: Classic, Consumer (KIP-848), Share or Streams.")
    int list() throws Exception {
        List<Listed> groups = withGroups(GroupsAdmin::list);
        print(json, groups, () -> {
            out().println(groups.size() + " groups");
            groups.forEach(each -> out().printf("%-20s  %-8s  %s%n", each.state(), each.type(), inLine(each.group())));
        });
        return 0;
    }

    @Command(description = "Prints the committed offsets and the lag of a group by partition.")
    int describe(@Parameters(paramLabel = "GROUP", description = "The group.") String group) throws Exception {
        try (CommandConfiguration configured = pipeline.read()) {
            GroupSnapshot found =
                    withoutEmptyLag(configured, configured.withAdmin(admin -> new GroupsAdmin(admin).describe(group)));
            print(json, found, () -> describe(found));
        }
        return 0;
    }

    /**
     * Returns a snapshot with lags that do not count offsets without records, such as transaction markers. Returns the
     * same snapshot if the client is not authorized to read the topics.
     */
    private static GroupSnapshot withoutEmptyLag(CommandConfiguration configured, GroupSnapshot found) {
        try (TopicReader reader =
                new TopicReader(configured.kafka().readerProperties(), TopicReader.Fetch.COMMITTED_RECORD)) {
            return found.withoutEmptyLag(reader, READ_WITHIN);
        } catch (AuthorizationException e) {
            return found;
        }
    }

    @Command(description = "Prints the members of a group and their partitions.")
    int members(@Parameters(paramLabel = "GROUP", description = "The group.") String group) throws Exception {
        GroupSnapshot found = withGroups(groups -> groups.describe(group));
        print(json, found.members(), () -> members(found));
        return 0;
    }

    @Command(
            description = {
                "Sets the committed offsets of a group without members. Prints the changes, and makes them only with --apply.",
                "Refuses offsets of landing's group that would leave a gap or an overlap in the landed files."
            })
    int reset(
            @Parameters(paramLabel = "GROUP", description = "The group.") String group,
            @Option(
                            names = "--to",
                            paramLabel = "WHERE",
                            converter = OptionValues.StartOffset.class,
                            description =
                                    "earliest, latest, an offset, a time such as 2026-11-20T10:00:00Z, or 2h for two hours ago.")
                    ResetTarget target,
            @Option(
                            names = "--as",
                            paramLabel = "GROUP",
                            description = "Sets the offsets that another group has committed.")
                    String other,
            @Option(names = "--topic", paramLabel = "NAME", description = "One topic (default: all of the group)")
                    String topic,
            @Option(
                            names = "--partition",
                            paramLabel = "N",
                            converter = OptionValues.Whole.class,
                            description = "One partition of --topic.")
                    Long partition,
            @Option(names = "--apply", description = "Applies the reset.") boolean apply,
            @Option(names = "--dry-run", description = "Changes nothing, which is the default.") boolean dryRun)
            throws Exception {
        if ((target == null) == (other == null)) {
            throw usageError("reset requires either --to or --as");
        }
        if (partition != null && topic == null) {
            throw usageError("--partition requires --topic");
        }
        if (apply && dryRun) {
            throw usageError("reset accepts only one of --apply and --dry-run");
        }
        try (CommandConfiguration configured = pipeline.read()) {
            return configured.withAdmin(admin -> reset(
                    configured,
                    new GroupsAdmin(admin),
                    new Request(group, topic, partition == null ? null : partition.intValue(), target, other, apply)));
        }
    }

    /** A reset to either a target or the offsets of another group, {@code other}; one of them is null. */
    private record Request(
            String group, String topic, Integer partition, ResetTarget target, String other, boolean apply) {

        /** Returns whether the group must exist, since only its committed offsets show which partitions to reset. */
        boolean isOfExistingGroup() {
            return other == null && topic == null;
        }
    }

    private <T> T withGroups(ThrowingFunction<GroupsAdmin, T, Exception> call) throws Exception {
        try (CommandConfiguration configured = pipeline.read()) {
            return configured.withAdmin(admin -> call.apply(new GroupsAdmin(admin)));
        }
    }

    private void describe(GroupSnapshot found) {
        head(found);
        if (found.positions().isEmpty()) {
            out().println("No committed offsets.");
        }
        for (Position each : found.positions()) {
            out().printf(
                            Locale.ROOT,
                            "%s-%d: committed %d, %s, %s%s%n",
                            each.topic(),
                            each.partition(),
                            each.committed(),
                            each.end() == null
                                    ? "the partition does not exist or has no leader"
                                    : "Kafka has %d to %d, lag %,d%s"
                                            .formatted(
                                                    each.begin(),
                                                    each.end(),
                                                    each.lag(),
                                                    each.isLagEmpty() ? " with no record in between" : ""),
                            each.clientId() == null ? "no consumer" : "consumer " + inLine(each.clientId()),
                            each.note().isEmpty() ? "" : ", note \"" + inLine(each.note()) + "\"");
        }
    }

    private void head(GroupSnapshot found) {
        out().printf(
                        "%s: %s, %s, %s protocol, coordinator %s%n",
                        inLine(found.group()),
                        found.state(),
                        count(found.members()),
                        found.type().toLowerCase(Locale.ROOT),
                        found.coordinator());
    }

    private static String count(List<Member> members) {
        return switch (members.size()) {
            case 0 -> "no members";
            case 1 -> "1 member";
            default -> members.size() + " members";
        };
    }

    private void members(GroupSnapshot found) {
        head(found);
        for (Member each : found.members()) {
            out().printf(
                            "%s at %s (%s): %s%n",
                            inLine(each.clientId()),
                            each.host(),
                            inLine(each.id()),
                            each.partitions().isEmpty() ? "no partitions" : String.join(", ", each.partitions()));
        }
    }

    private int reset(CommandConfiguration configured, GroupsAdmin groups, Request request) throws Exception {
        GroupSnapshot found =
                request.isOfExistingGroup() ? groups.describe(request.group()) : groups.describeOrNew(request.group());
        GroupOffsetReset reset = new GroupOffsetReset(groups, check(configured, found));
        List<Step> steps = request.other() == null
                ? reset.plan(found, request.topic(), request.partition(), request.target())
                : reset.planAs(found, groups.describe(request.other()), request.topic(), request.partition());
        boolean refused = !found.members().isEmpty() || steps.stream().anyMatch(each -> each.refusal() != null);
        if (!refused && request.apply()) {
            reset.apply(found, steps);
        }
        print(
                json,
                new Result(request.group(), found.members().size(), request.apply() && !refused, steps),
                () -> print(found, steps, refused, request.apply()));
        return refused ? 1 : 0;
    }

    /** The JSON of a reset. */
    private record Result(String group, int members, boolean applied, List<Step> steps) {}

    /**
     * Returns the check of new offsets, which accepts all offsets of groups other than landing's group. Landing's group
     * is recognized by its name or by the metadata of its commits.
     */
    private static GroupOffsetReset.Check check(CommandConfiguration configured, GroupSnapshot found) {
        Settings settings = configured.settings();
        boolean isLanding = found.group().equals(settings.get(LandingSettings.GROUP));
        if (!isLanding && found.positions().stream().noneMatch(each -> OffsetResetCheck.isFromLanding(each.note()))) {
            return (partition, position, begin, to) -> Optional.empty();
        }
        OffsetResetCheck landed = new OffsetResetCheck(configured.hdfs(), settings.get(LandingSettings.DIRECTORY));
        return (TopicPartition partition, Position position, long begin, long to) ->
                landed.refusal(partition, position == null ? -1 : position.committed(), begin, to);
    }

    private void print(GroupSnapshot found, List<Step> steps, boolean refused, boolean apply) {
        for (Step each : steps) {
            String from = each.from() == null ? "nothing committed" : "committed " + each.from();
            String what = each.refusal() != null
                    ? "refused: " + each.refusal()
                    : each.isDone() ? "stays" : (apply && !refused ? "set to " : "would be set to ") + each.to();
            out().printf("%s-%d: %s → %s%n", each.topic(), each.partition(), from, what);
        }
        if (!found.members().isEmpty()) {
            out().printf(
                            "Refused: the group has %s (%s), which would overwrite the offsets: stop its consumers first.%n",
                            count(found.members()),
                            inLine(String.join(
                                    ", ",
                                    found.members().stream()
                                            .map(Member::clientId)
                                            .distinct()
                                            .toList())));
        } else if (refused) {
            out().println("Refused: nothing was set.");
        } else if (!apply) {
            out().println("Dry run: nothing was set; use --apply to set the offsets.");
        }
    }
}
