package io.wadi.extension.mirror;

import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.mirror.DefaultConfigPropertyFilter;
import org.apache.kafka.connect.mirror.DefaultGroupFilter;
import org.apache.kafka.connect.mirror.DefaultReplicationPolicy;
import org.apache.kafka.connect.mirror.DefaultTopicFilter;
import org.apache.kafka.connect.mirror.IdentityReplicationPolicy;
import org.apache.kafka.connect.mirror.MirrorCheckpointConnector;
import org.apache.kafka.connect.mirror.MirrorHeartbeatConnector;
import org.apache.kafka.connect.mirror.MirrorSourceConnector;
import org.apache.kafka.connect.mirror.ReplicationPolicy;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;

/**
 * A parser of MirrorMaker's settings that also reports settings which MirrorMaker would ignore, and replication cycles.
 */
final class MirrorSettings {
    private static final Pattern OF_FLOW = Pattern.compile("([^.]+)->([^.]+)\\.(.+)");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+):([^}]*)}");

    /** Settings of MirrorMaker's connectors, of all flows or, with the prefix {@code A->B.}, of one. */
    private static final Set<String> OF_FLOWS = new TreeSet<>();

    /** A setting of the filter of topic configurations, which gets the settings of one flow only. */
    private static final String DEFAULTS = DefaultConfigPropertyFilter.USE_DEFAULTS_FROM;

    private static final Set<String> OF_FILE = Set.of(
            "clusters", "config.providers", "dedicated.mode.enable.internal.rest", "listeners", "metric.reporters");

    /** Kafka Connect's settings of a cluster's workers, with its alias as a prefix. */
    private static final Set<String> OF_WORKERS = Set.of(
            "exactly.once.source.support",
            "offset.flush.interval.ms",
            "offset.flush.timeout.ms",
            "group.id",
            "session.timeout.ms",
            "heartbeat.interval.ms",
            "rebalance.timeout.ms",
            "scheduled.rebalance.max.delay.ms",
            "plugin.path");

    /** Prefixes of Connect's settings that MirrorMaker passes to all workers. */
    private static final List<String> WORKER_PREFIXES = List.of(
            "offset.storage.",
            "config.storage.",
            "status.storage.",
            "key.converter",
            "value.converter",
            "header.converter",
            "task.",
            "worker.");

    private static final List<String> OTHER_PREFIXES = List.of("config.providers.", "listeners.", "rest.");
    private static final List<String> CLIENT_PREFIXES = List.of(
            "", "admin.", "consumer.", "producer.", "source.consumer.", "target.producer.", "producer.override.");

    /** Settings of clients that MirrorMaker also applies to all clusters, without an alias. */
    private static final Pattern OF_ALL_CLIENTS =
            Pattern.compile("bootstrap\\.servers|security\\.protocol|(ssl|sasl)\\..*");

    private static final List<String> OF_POLICY =
            List.of("replication.policy.separator", "replication.policy.internal.topic.separator.enabled");
    private static final String OFFSETS = DistributedConfig.OFFSET_STORAGE_TOPIC_CONFIG;
    private static final String KEEPING_NAMES = IdentityReplicationPolicy.class.getName();
    private static final Set<String> CLIENTS = new TreeSet<>();

    static {
        for (Connector each :
                List.of(new MirrorSourceConnector(), new MirrorCheckpointConnector(), new MirrorHeartbeatConnector())) {
            OF_FLOWS.addAll(each.config().names());
        }
        CLIENTS.addAll(AdminClientConfig.configNames());
        CLIENTS.addAll(ConsumerConfig.configNames());
        CLIENTS.addAll(ProducerConfig.configNames());
    }

    private final Map<String, String> settings;
    private final List<String> clusters;
    private final List<String> mistakes = new ArrayList<>();

    MirrorSettings(Map<String, String> settings) {
        this.settings = settings;
        this.clusters = Units.list(settings.getOrDefault("clusters", ""));
        if (clusters.size() < 2) {
            mistakes.add("clusters=%s: expected two or more aliases, separated by commas"
                    .formatted(settings.getOrDefault("clusters", "")));
        }
        settings.keySet().forEach(this::checkName);
        settings.forEach(this::checkPlaceholder);
    }

    List<String> clusters() {
        return clusters;
    }

    void requireNoMistakes(Path file) {
        if (!mistakes.isEmpty()) {
            throw new SettingsException(
                    mistakes.stream().map(each -> file + ": " + each).toList());
        }
    }

    private void checkPlaceholder(String name, String value) {
        Matcher left = PLACEHOLDER.matcher(value);
        if (left.find()) {
            mistakes.add(
                    left.group(1).equals("env")
                            ? "%s=%s: the environment has no variable %s".formatted(name, value, left.group(2))
                            : "%s=%s: the provider \"%s\" has no such value".formatted(name, value, left.group(1)));
        }
    }

    private void checkName(String name) {
        Matcher ofFlow = OF_FLOW.matcher(name);
        if (ofFlow.matches()) {
            checkAlias(name, ofFlow.group(1));
            checkAlias(name, ofFlow.group(2));
            if (ofFlow.group(1).equals(ofFlow.group(2))) {
                mistakes.add("%s: MirrorMaker ignores a flow from a cluster to itself; expected two clusters"
                        .formatted(name));
            }
            Set<String> known = new TreeSet<>(OF_FLOWS);
            known.add(DEFAULTS);
            checkKnown(name, ofFlow.group(3), known);
            return;
        }
        for (String alias : clusters) {
            if (name.startsWith(alias + ".")) {
                checkOfCluster(name, name.substring(alias.length() + 1));
                return;
            }
        }
        Set<String> known = new TreeSet<>(OF_FLOWS);
        known.addAll(OF_FILE);
        if (!known.contains(name)
                && (OF_WORKERS.contains(name) || isOfClients(name))
                && !OF_ALL_CLIENTS.matcher(name).matches()) {
            boolean isRead = name.startsWith("consumer.");
            mistakes.add("%s: MirrorMaker ignores it without the alias of the %s cluster; expected %s.%s"
                    .formatted(name, isRead ? "source" : "target", alias(isRead), name));
            return;
        }
        checkKnown(name, name, known);
    }

    private void checkOfCluster(String name, String own) {
        if (OF_FLOWS.contains(own) && !isKnown(own, OF_WORKERS)) {
            mistakes.add("%s: MirrorMaker ignores it behind the alias of a cluster; expected a flow, such as %s->%s.%s"
                    .formatted(name, alias(true), alias(false), own));
        } else {
            checkKnown(name, own, OF_WORKERS);
        }
    }

    private static boolean isOfClients(String name) {
        return CLIENT_PREFIXES.stream()
                .anyMatch(prefix -> name.startsWith(prefix) && CLIENTS.contains(name.substring(prefix.length())));
    }

    private String alias(boolean isRead) {
        if (clusters.size() < 2) {
            return isRead ? "A" : "B";
        }
        return clusters.get(isRead ? 0 : clusters.size() - 1);
    }

    private void checkAlias(String name, String alias) {
        if (!clusters.contains(alias)) {
            mistakes.add("%s: %s is none of clusters=%s%s"
                    .formatted(name, alias, String.join(", ", clusters), NearestName.question(alias, clusters)));
        }
    }

    private void checkKnown(String name, String own, Set<String> known) {
        boolean isOfFile = own.equals(name) && OTHER_PREFIXES.stream().anyMatch(own::startsWith);
        if (!isOfFile && !isKnown(own, known)) {
            Set<String> all = new TreeSet<>(known);
            all.addAll(CLIENTS);
            mistakes.add("%s: unknown setting, which MirrorMaker would ignore%s"
                    .formatted(name, NearestName.question(own, all)));
        }
    }

    private static boolean isKnown(String own, Set<String> known) {
        return known.contains(own) || WORKER_PREFIXES.stream().anyMatch(own::startsWith) || isOfClients(own);
    }

    List<ReplicationFlow> flows() {
        List<ReplicationFlow> flows = new ArrayList<>();
        for (String from : clusters) {
            for (String to : clusters) {
                if (!from.equals(to) && isTrue(from, to, "enabled", "false")) {
                    addTo(flows, from, to);
                }
            }
        }
        if (flows.isEmpty() && mistakes.isEmpty()) {
            mistakes.add(
                    "no flow is enabled; %s->%s.enabled=true enables one".formatted(clusters.get(0), clusters.get(1)));
        }
        flows.stream()
                .flatMap(each -> List.of(each.from(), each.to()).stream())
                .distinct()
                .forEach(this::checkServers);
        ReplicationCycles.in(flows).forEach(mistakes::add);
        return flows;
    }

    private void checkServers(String alias) {
        if (settings.getOrDefault(alias + ".bootstrap.servers", "").isBlank()) {
            mistakes.add("%s.bootstrap.servers: missing; expected host:port of one or more brokers".formatted(alias));
        }
    }

    private void addTo(List<ReplicationFlow> flows, String from, String to) {
        ReplicationPolicy policy = policy(from, to);
        requireClass(from, to, "topic.filter.class", DefaultTopicFilter.class);
        requireClass(from, to, "group.filter.class", DefaultGroupFilter.class);
        TopicFilter topics = filter(from, to, "topics", "mm2.*\\.internal,.*\\.replica,__.*");
        TopicFilter groups = filter(from, to, "groups", "console-consumer-.*,connect-.*,__.*");
        boolean copiesHeartbeats = isTrue(from, to, "heartbeats.replication.enabled", "true");
        boolean hasHeartbeats = isTrue(to, from, "emit.heartbeats.enabled", "true")
                && (copiesHeartbeats || topics.matches(ReplicationFlow.HEARTBEATS));
        boolean hasSyncsAtTarget = isFirst(from, to, "offset-syncs.topic.location", "target", "source", "source");
        flows.add(new ReplicationFlow(
                from,
                to,
                topics,
                groups,
                policy,
                copiesHeartbeats,
                hasHeartbeats,
                offsets(from, to),
                hasSyncsAtTarget));
    }

    /** Returns the topic of source offsets. As in MirrorMaker, the setting of all flows takes precedence. */
    private String offsets(String from, String to) {
        String ofTarget = settings.getOrDefault(to + "." + OFFSETS, "mm2-offsets.%s.internal".formatted(from));
        return settings.getOrDefault(OFFSETS, ofTarget);
    }

    /** Rejects other filters: the topics or groups that they select are unknown here. */
    private void requireClass(String from, String to, String name, Class<?> expected) {
        String value = of(from, to, name, expected.getName());
        if (!value.equals(expected.getName())) {
            mistakes.add("%s->%s: %s=%s: expected %s".formatted(from, to, name, value, expected.getName()));
        }
    }

    /** Returns a filter without names for an invalid expression. */
    private TopicFilter filter(String from, String to, String name, String defaultExclude) {
        try {
            return new TopicFilter(of(from, to, name, ".*"), of(from, to, name + ".exclude", defaultExclude));
        } catch (PatternSyntaxException e) {
            mistakes.add("%s->%s.%s: invalid regular expression \"%s\": %s"
                    .formatted(from, to, name, e.getPattern(), e.getDescription()));
            return new TopicFilter("", "");
        }
    }

    private ReplicationPolicy policy(String from, String to) {
        String name = of(from, to, "replication.policy.class", DefaultReplicationPolicy.class.getName());
        Map<String, Object> own = new HashMap<>(Map.of("source.cluster.alias", from));
        for (String each : OF_POLICY) {
            String value = of(from, to, each, null);
            if (value != null) {
                own.put(each, value);
            }
        }
        DefaultReplicationPolicy policy =
                name.equals(KEEPING_NAMES) ? new IdentityReplicationPolicy() : new DefaultReplicationPolicy();
        if (!name.equals(policy.getClass().getName())) {
            mistakes.add("%s->%s: replication.policy.class=%s: expected %s or %s"
                    .formatted(from, to, name, policy.getClass().getName(), KEEPING_NAMES));
        }
        policy.configure(own);
        return policy;
    }

    private boolean isTrue(String from, String to, String name, String defaultValue) {
        return isFirst(from, to, name, "true", "false", defaultValue);
    }

    /** Returns whether a setting is the first of its two choices. */
    private boolean isFirst(String from, String to, String name, String first, String second, String defaultValue) {
        String value = of(from, to, name, defaultValue);
        if (!value.equals(first) && !value.equals(second)) {
            mistakes.add("%s->%s.%s=%s: expected %s or %s".formatted(from, to, name, value, first, second));
        }
        return value.equals(first);
    }

    private String of(String from, String to, String name, String defaultValue) {
        String ofFlow = settings.get(from + "->" + to + "." + name);
        return ofFlow != null ? ofFlow : settings.getOrDefault(name, defaultValue);
    }
}
