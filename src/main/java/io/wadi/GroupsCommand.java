package io.wadi;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.wadi.kafka.Causes;
import io.wadi.kafka.groups.FoundGroup;
import io.wadi.kafka.groups.FoundGroup.Member;
import io.wadi.kafka.groups.FoundGroup.Position;
import io.wadi.kafka.groups.GroupsAdmin;
import io.wadi.kafka.groups.GroupsAdmin.Listed;
import io.wadi.kafka.groups.Reset;
import io.wadi.kafka.groups.Reset.Step;
import io.wadi.kafka.groups.Target;
import io.wadi.landing.OffsetResetCheck;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * {@code ./wadi groups}: the consumer groups of the cluster, who is in one and where it is, and where it is to go on. A reset
 * says what it would do, and does it with {@code --apply} only.
 *
 * <p>Exit codes: 0 done, 1 a reset is refused, which the output says, 2 it could not be done.
 */
final class GroupsCommand {
    private static final String USAGE = "Usage: ./wadi groups [list | describe GROUP | members GROUP"
            + " | reset GROUP --to earliest|latest|OFFSET|TIME|2h | --as GROUP [--topic NAME [--partition N]] [--apply]]"
            + " [--json] [--config DIR]";
    private static final Set<String> VERBS = Set.of("list", "describe", "members", "reset");

    private String verb = "list";
    private String group;
    private String topic;
    private Integer partition;
    private Target target;
    private String other;
    private boolean apply;
    private boolean json;
    private Path configuration = Path.of(".");

    private GroupsCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given("Could not be done", out -> parse(args).run(out));
    }

    private static GroupsCommand parse(String[] args) {
        GroupsCommand command = new GroupsCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        if (VERBS.contains(String.valueOf(left.peek()))) {
            command.verb = left.remove();
        }
        while (!left.isEmpty()) {
            command.take(left.remove(), left);
        }
        command.check();
        return command;
    }

    private void take(String word, Deque<String> left) {
        switch (word) {
            case "--to" -> target = target(Commands.valueOf(word, left, USAGE));
            case "--as" -> other = Commands.valueOf(word, left, USAGE);
            case "--topic" -> topic = Commands.valueOf(word, left, USAGE);
            case "--partition" -> partition = number(Commands.valueOf(word, left, USAGE));
            case "--apply" -> apply = true;
            case "--dry-run" -> apply = false;
            case "--json" -> json = true;
            case "--config" -> configuration = Path.of(Commands.valueOf(word, left, USAGE));
            default -> group = Commands.topic(group, word, USAGE);
        }
    }

    private static Target target(String text) {
        try {
            return Target.parse(text, Instant.now());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--to: " + e.getMessage() + ". " + USAGE, e);
        }
    }

    private static Integer number(String text) {
        if (!text.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("--partition is \"" + text + "\", not a whole number. " + USAGE);
        }
        return Integer.valueOf(text);
    }

    private void check() {
        if (verb.equals("list") != (group == null)) {
            throw new IllegalArgumentException(
                    (group == null ? verb + " takes a group. " : "\"" + group + "\" is not understood. ") + USAGE);
        }
        if (verb.equals("reset") ? (target == null) == (other == null) : target != null || other != null) {
            throw new IllegalArgumentException("reset takes --to or --as, and nothing else does. " + USAGE);
        }
        if (!verb.equals("reset") && (topic != null || partition != null || apply)) {
            throw new IllegalArgumentException("--topic, --partition and --apply go with reset. " + USAGE);
        }
        if (partition != null && topic == null) {
            throw new IllegalArgumentException("--partition goes with --topic. " + USAGE);
        }
    }

    private int run(PrintStream out) throws Exception {
        try (Configured configured = new Configured(configuration)) {
            Properties client = configured.kafka().adminProperties();
            try (Admin admin = Admin.create(client)) {
                GroupsAdmin groups = new GroupsAdmin(admin);
                return switch (verb) {
                    case "describe" -> describe(groups.describe(group), out);
                    case "members" -> members(groups.describe(group), out);
                    case "reset" -> reset(groups, configured, out);
                    default -> list(groups.list(), out);
                };
            } catch (KafkaException e) {
                throw Causes.innermost(e) instanceof TimeoutException ? doesNotAnswer(client) : e;
            }
        }
    }

    private static TimeoutException doesNotAnswer(Properties client) {
        return new TimeoutException(
                "Kafka at " + client.getProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG) + " does not answer");
    }

    private int list(List<Listed> groups, PrintStream out) throws Exception {
        if (json) {
            return json(groups, out);
        }
        out.println(groups.size() + " groups");
        groups.forEach(each -> out.printf("%-20s  %s%n", each.state(), each.group()));
        return 0;
    }

    private int describe(FoundGroup found, PrintStream out) throws Exception {
        if (json) {
            return json(found, out);
        }
        head(found, out);
        if (found.positions().isEmpty()) {
            out.println("It has committed nothing.");
        }
        for (Position each : found.positions()) {
            out.printf(
                    Locale.ROOT,
                    "%s-%d: committed %d, %s, %s%s%n",
                    each.topic(),
                    each.partition(),
                    each.committed(),
                    each.end() == null
                            ? "and the partition is not there, or nobody answers for it"
                            : "Kafka has %d to %d, lag %,d".formatted(each.begin(), each.end(), each.lag()),
                    each.clientId() == null ? "read by nobody" : "read by " + each.clientId(),
                    each.note().isEmpty() ? "" : ", note \"" + each.note() + "\"");
        }
        return 0;
    }

    private static void head(FoundGroup found, PrintStream out) {
        out.printf(
                "%s: %s, %s, kept by broker %s%n",
                found.group(), found.state(), count(found.members()), found.coordinator());
    }

    private static String count(List<Member> members) {
        return switch (members.size()) {
            case 0 -> "no members";
            case 1 -> "1 member";
            default -> members.size() + " members";
        };
    }

    private int members(FoundGroup found, PrintStream out) throws Exception {
        if (json) {
            return json(found.members(), out);
        }
        head(found, out);
        for (Member each : found.members()) {
            out.printf(
                    "%s at %s (%s): %s%n",
                    each.clientId(),
                    each.host(),
                    each.id(),
                    each.partitions().isEmpty() ? "no partitions" : String.join(", ", each.partitions()));
        }
        return 0;
    }

    private int reset(GroupsAdmin groups, Configured configured, PrintStream out) throws Exception {
        FoundGroup found = other == null ? groups.describe(group) : groups.describeOrNew(group);
        Reset reset = new Reset(groups, check(configured, found));
        List<Step> steps = other == null
                ? reset.plan(found, topic, partition, target)
                : reset.planAs(found, groups.describe(other), topic, partition);
        boolean refused = !found.members().isEmpty() || steps.stream().anyMatch(each -> each.refusal() != null);
        if (!refused && apply) {
            reset.apply(found, steps);
        }
        if (json) {
            json(new Result(group, found.members().size(), apply && !refused, steps), out);
        } else {
            print(found, steps, refused, out);
        }
        return refused ? 1 : 0;
    }

    /** A reset as JSON. */
    private record Result(String group, int members, boolean applied, List<Step> steps) {}

    /** Landing's group is known by its name, or by what landing has committed in it. */
    private static Reset.Check check(Configured configured, FoundGroup found) {
        Settings settings = configured.settings();
        boolean lands = found.group().equals(settings.get(WadiSettings.LANDING_GROUP));
        if (!lands && found.positions().stream().noneMatch(each -> OffsetResetCheck.isLandings(each.note()))) {
            return (partition, position, begin, to) -> Optional.empty();
        }
        OffsetResetCheck landed = new OffsetResetCheck(configured.hdfs(), settings.get(WadiSettings.LANDING_DIRECTORY));
        return (TopicPartition partition, Position position, long begin, long to) ->
                landed.refusal(partition, position == null ? -1 : position.committed(), begin, to);
    }

    private void print(FoundGroup found, List<Step> steps, boolean refused, PrintStream out) {
        for (Step each : steps) {
            String from = each.from() == null ? "nothing committed" : "committed " + each.from();
            String what = each.refusal() != null
                    ? "refused: " + each.refusal()
                    : each.isDone() ? "stays" : (apply && !refused ? "set to " : "would be set to ") + each.to();
            out.printf("%s-%d: %s → %s%n", each.topic(), each.partition(), from, what);
        }
        if (!found.members().isEmpty()) {
            out.printf(
                    "Refused: the group has %s (%s), which would commit over it: stop what reads first.%n",
                    count(found.members()),
                    String.join(
                            ", ",
                            found.members().stream()
                                    .map(Member::clientId)
                                    .distinct()
                                    .toList()));
        } else if (refused) {
            out.println("Refused: nothing was set.");
        } else if (!apply) {
            out.println("Nothing was set: --apply does it.");
        }
    }

    private static int json(Object value, PrintStream out) throws Exception {
        out.println(
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value));
        return 0;
    }
}
