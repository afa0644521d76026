package io.wadi.kafka.topics;

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
import java.util.concurrent.ExecutionException;
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
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Compares Kafka's topics with their declarations, and makes them as declared. */
public final class TopicsAdmin {
    private final Topics declared;
    private final Admin admin;

    /** What is to be done about differences. */
    public enum Mode {
        /** Nothing. */
        DESCRIBE,
        /** Kafka is asked whether it would do it. */
        DRY_RUN,
        /** Whatever can be done. */
        APPLY
    }

    /** Takes the declarations and a client, which stays the caller's to close. */
    public TopicsAdmin(Topics declared, Admin admin) {
        this.declared = declared;
        this.admin = admin;
    }

    /**
     * Compares, and changes what the mode says. It can be repeated: what is as declared is left alone.
     *
     * @param growKeyed whether topics with keys may get more partitions, which parts the records of a key
     * @return what was found and done; what Kafka has refused is part of it
     * @throws KafkaException where Kafka does not answer; some of it may be done by then
     */
    public TopicsReport run(Mode mode, boolean growKeyed) throws InterruptedException {
        try {
            Set<String> existing = admin.listTopics().names().get();
            Map<String, ActualTopic> found = describe(declared.all().stream()
                    .map(Topic::name)
                    .filter(existing::contains)
                    .toList());
            List<Entry> entries = new ArrayList<>();
            for (Topic topic : declared.all()) {
                Optional<ActualTopic> each = Optional.ofNullable(found.get(topic.name()));
                entries.add(carryOut(TopicPlan.of(topic, each, growKeyed), each, mode));
            }
            List<String> undeclared = existing.stream()
                    .filter(name -> declared.find(name).isEmpty())
                    .sorted()
                    .toList();
            return new TopicsReport(1, entries, undeclared);
        } catch (ExecutionException e) {
            throw new KafkaException("The topics could not be checked", e.getCause());
        }
    }

    private Map<String, ActualTopic> describe(Collection<String> names)
            throws InterruptedException, ExecutionException {
        Map<String, ConfigResource> resources = names.stream()
                .collect(Collectors.toMap(
                        Function.identity(), name -> new ConfigResource(ConfigResource.Type.TOPIC, name)));
        Map<ConfigResource, KafkaFuture<Config>> configs =
                admin.describeConfigs(resources.values()).values();
        Map<String, TopicDescription> descriptions =
                admin.describeTopics(names).allTopicNames().get();
        Map<String, ActualTopic> found = new HashMap<>();
        for (TopicDescription topic : descriptions.values()) {
            found.put(topic.name(), found(topic, readable(configs.get(resources.get(topic.name())))));
        }
        return found;
    }

    /** Who may write to topics need not have the right to read their settings. */
    private static Optional<Config> readable(KafkaFuture<Config> config)
            throws InterruptedException, ExecutionException {
        try {
            return Optional.of(config.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static ActualTopic found(TopicDescription topic, Optional<Config> config) {
        Map<String, String> values = new HashMap<>();
        config.ifPresent(read -> read.entries().forEach(entry -> values.put(entry.name(), entry.value())));
        return new ActualTopic(
                topic.partitions().size(),
                topic.partitions().stream()
                        .mapToInt(partition -> partition.replicas().size())
                        .min()
                        .orElse(0),
                config.map(read -> values),
                config.stream()
                        .flatMap(read -> read.entries().stream())
                        .filter(entry -> entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG)
                        .map(ConfigEntry::name)
                        .collect(Collectors.toSet()));
    }

    private Entry carryOut(TopicPlan plan, Optional<ActualTopic> found, Mode mode)
            throws InterruptedException, ExecutionException {
        Topic topic = plan.topic();
        Integer partitions = found.map(ActualTopic::partitions).orElse(null);
        Integer replication = found.map(ActualTopic::replication).orElse(null);
        List<Change> changes = new ArrayList<>();
        for (Step step : plan.steps()) {
            Change change = carryOut(topic.name(), step, mode);
            changes.add(change);
            if (change.state() == State.DONE && !(step instanceof Configure)) {
                partitions = topic.partitions();
                replication =
                        found.isEmpty() && topic.saysReplication() ? Integer.valueOf(topic.replication()) : replication;
            }
        }
        return new Entry(topic.name(), partitions, replication, changes, plan.refusals(), plan.notes());
    }

    private Change carryOut(String topic, Step step, Mode mode) throws InterruptedException, ExecutionException {
        State done = mode == Mode.APPLY ? State.DONE : State.PLANNED;
        try {
            if (mode != Mode.DESCRIBE) {
                carryOut(topic, step, mode == Mode.DRY_RUN).get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                throw e;
            }
            // Another process with the same declarations may have been faster.
            if (!(e.getCause() instanceof TopicExistsException)) {
                return new Change(step.difference(), step.action(), State.FAILED, Causes.inShort(e.getCause()));
            }
        }
        return new Change(step.difference(), step.action(), done, null);
    }

    private KafkaFuture<Void> carryOut(String topic, Step step, boolean validateOnly) {
        if (step instanceof Create create) {
            Topic wanted = create.topic();
            return admin.createTopics(
                            List.of(new NewTopic(topic, wanted.partitions(), wanted.replication())
                                    .configs(wanted.config())),
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
