package io.wadi.kafka.topics;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.topics.TopicPlan.Configure;
import io.wadi.kafka.topics.TopicPlan.Create;
import io.wadi.kafka.topics.TopicPlan.Grow;
import io.wadi.kafka.topics.TopicPlan.Step;
import io.wadi.kafka.topics.TopicsReport.Change;
import io.wadi.kafka.topics.TopicsReport.Entry;
import io.wadi.kafka.topics.TopicsReport.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** A comparison of Kafka's topics with their declarations, which can apply the differences. */
public final class TopicsAdmin {
    private final Topics declared;
    private final Admin admin;

    /** What to do with differences. */
    public enum Mode {
        DESCRIBE,
        /** Lets Kafka validate the changes without making them. */
        DRY_RUN,
        APPLY
    }

    /**
     * Creates an instance.
     *
     * @param declared the declarations
     * @param admin the client, which the caller closes
     */
    public TopicsAdmin(Topics declared, Admin admin) {
        this.declared = declared;
        this.admin = admin;
    }

    /**
     * Compares all declared topics with Kafka's, and reports, validates or applies the differences. Idempotent.
     *
     * @param growKeyed whether to add partitions to topics with keys, which separates the records of a key
     * @return the differences and changes, including those that Kafka rejected
     * @throws KafkaException if Kafka does not respond; some changes may have been made
     */
    public TopicsReport run(Mode mode, boolean growKeyed) throws InterruptedException {
        try {
            Set<String> existing = get(admin.listTopics().names());
            Map<String, ActualTopic> found = describe(declared.all().stream()
                    .map(Topic::name)
                    .filter(existing::contains)
                    .toList());
            List<Entry> entries = new ArrayList<>();
            for (Topic topic : declared.all()) {
                Optional<ActualTopic> each = Optional.ofNullable(found.get(topic.name()));
                entries.add(execute(topic, each, mode, growKeyed));
            }
            List<String> undeclared = existing.stream()
                    .filter(name -> declared.find(name).isEmpty())
                    .sorted()
                    .toList();
            return new TopicsReport(1, entries, undeclared);
        } catch (KafkaException e) {
            throw new KafkaException("Comparing the topics with their declarations failed", e);
        }
    }

    private Map<String, ActualTopic> describe(Collection<String> names) throws InterruptedException {
        Map<String, ConfigResource> resources = names.stream()
                .collect(Collectors.toMap(
                        Function.identity(), name -> new ConfigResource(ConfigResource.Type.TOPIC, name)));
        Map<ConfigResource, KafkaFuture<Config>> configs =
                admin.describeConfigs(resources.values()).values();
        Map<String, ActualTopic> found = new HashMap<>();
        for (TopicDescription topic : AdminRequests.describe(admin, names).values()) {
            try {
                // The right to write to a topic does not include that to read its settings.
                found.put(
                        topic.name(),
                        found(topic, AdminRequests.getIfPermitted(configs.get(resources.get(topic.name())))));
            } catch (UnknownTopicOrPartitionException e) {
                // The topic was deleted meanwhile, as those that are not described.
            }
        }
        return found;
    }

    private static ActualTopic found(TopicDescription topic, Optional<Config> config) {
        Map<String, String> values = new HashMap<>();
        config.ifPresent(read -> read.entries().forEach(entry -> values.put(entry.name(), entry.value())));
        return new ActualTopic(
                topic.partitions().size(),
                ActualTopic.replication(topic),
                config.map(read -> values),
                config.stream()
                        .flatMap(read -> read.entries().stream())
                        .filter(entry -> entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG)
                        .map(ConfigEntry::name)
                        .collect(Collectors.toSet()));
    }

    /**
     * Executes the plan of a topic. If Kafka rejects a step because the topic has changed since it was described, the
     * topic is compared again: another instance, possibly with other declarations, may have created or grown it.
     */
    private Entry execute(Topic topic, Optional<ActualTopic> found, Mode mode, boolean growKeyed)
            throws InterruptedException {
        TopicPlan plan = TopicPlan.of(topic, found, growKeyed);
        try {
            return execute(plan, found, mode, false);
        } catch (TopicExistsException | InvalidPartitionsException e) {
            Optional<ActualTopic> changed = describe(topic.name());
            return changed.isPresent()
                    ? execute(TopicPlan.of(topic, changed, growKeyed), changed, mode, true)
                    : undescribed(plan);
        }
    }

    /** Returns whether Kafka rejects a step because the topic has changed since it was described. */
    private static boolean isOutdated(Step step, KafkaException rejection) {
        return rejection instanceof TopicExistsException
                || (step instanceof Grow && rejection instanceof InvalidPartitionsException);
    }

    /** Returns a topic that exists; empty if it cannot be described. */
    private Optional<ActualTopic> describe(String name) throws InterruptedException {
        try {
            return Optional.ofNullable(describe(List.of(name)).get(name));
        } catch (AuthorizationException e) {
            return Optional.empty();
        }
    }

    private static Entry undescribed(TopicPlan plan) {
        List<Change> failed = plan.steps().stream()
                .map(step -> new Change(
                        step.difference(),
                        step.action(),
                        State.FAILED,
                        "it exists, but cannot be described and was not compared: apply again if it was just created,"
                                + " or permit Wadi's user to describe it"))
                .toList();
        return new Entry(plan.topic().name(), null, null, failed, plan.refusals(), plan.notes());
    }

    /**
     * Executes a plan.
     *
     * @param isLast whether a step that Kafka rejects because the topic has changed is reported as failed; otherwise the
     *     rejection is thrown
     */
    private Entry execute(TopicPlan plan, Optional<ActualTopic> found, Mode mode, boolean isLast)
            throws InterruptedException {
        Topic topic = plan.topic();
        Integer partitions = found.map(ActualTopic::partitions).orElse(null);
        Integer replication = found.map(ActualTopic::replication).orElse(null);
        List<Change> changes = new ArrayList<>();
        for (Step step : plan.steps()) {
            Change change = execute(topic.name(), step, mode, isLast);
            changes.add(change);
            if (change.state() == State.DONE && !(step instanceof Configure)) {
                partitions = topic.partitions();
                if (found.isEmpty() && topic.declaresReplication()) {
                    replication = (int) topic.replication();
                }
            }
        }
        return new Entry(topic.name(), partitions, replication, changes, plan.refusals(), plan.notes());
    }

    private Change execute(String topic, Step step, Mode mode, boolean isLast) throws InterruptedException {
        State done = mode == Mode.APPLY ? State.DONE : State.PLANNED;
        try {
            if (mode != Mode.DESCRIBE) {
                get(execute(topic, step, mode == Mode.DRY_RUN));
            }
        } catch (KafkaException e) {
            if (e instanceof RetriableException || (!isLast && isOutdated(step, e))) {
                throw e;
            }
            return new Change(step.difference(), step.action(), State.FAILED, Causes.inShort(e));
        }
        return new Change(step.difference(), step.action(), done, null);
    }

    private KafkaFuture<Void> execute(String topic, Step step, boolean validateOnly) {
        if (step instanceof Create create) {
            Topic declaration = create.topic();
            return admin.createTopics(
                            List.of(new NewTopic(topic, declaration.partitions(), declaration.replication())
                                    .configs(declaration.config())),
                            new CreateTopicsOptions().validateOnly(validateOnly))
                    .all();
        }
        if (step instanceof Grow grow) {
            return admin.createPartitions(
                            Map.of(topic, NewPartitions.increaseTo(grow.to())),
                            new CreatePartitionsOptions().validateOnly(validateOnly))
                    .all();
        }
        List<AlterConfigOp> settings = ((Configure) step)
                .values().entrySet().stream()
                        .map(value -> new AlterConfigOp(
                                new ConfigEntry(value.getKey(), value.getValue()), AlterConfigOp.OpType.SET))
                        .toList();
        return admin.incrementalAlterConfigs(
                        Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), settings),
                        new AlterConfigsOptions().validateOnly(validateOnly))
                .all();
    }
}
