package io.wadi.streams.topology;

import io.wadi.streams.definition.Aggregation;
import io.wadi.streams.definition.Aggregations;
import io.wadi.streams.definition.Placement;
import io.wadi.streams.definition.Sink;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.Table;
import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.RejectedRecordException;
import io.wadi.streams.expression.TaggedValue;
import io.wadi.streams.expression.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/** A builder of the chain of a stage's steps. The steps after a repartitioning or aggregation become further stages. */
record StageBuilder(
        TopologyBuilder topology, Stage stage, String flow, Set<String> names, Supplier<TopicLimits> limits) {
    StepChain chain(TopologyBuilder.Place from, List<Step> steps, Sink to) {
        List<StepChain.RunningStep> chain = new ArrayList<>();
        ValueType key = from.key();
        ValueType unchanged = from.unchanged();
        Placement placement = from.placement();
        TopologyBuilder.Origin origin = from.origin();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (step instanceof Step.Filter filter) {
                FlowExpression when = use(filter.when());
                chain.add((event, running) -> event.holds(when));
            } else if (step instanceof Step.MapValue map) {
                chain.add(map(use(map.to())));
                unchanged = null;
            } else if (step instanceof Step.SelectKey select) {
                chain.add(selectKey(use(select.to()), select.type()));
                key = select.type();
                placement = placement.after(step);
                origin = origin.withKey("%s as %s".formatted(select.to(), key.word()));
            } else if (step instanceof Step.Join join && (join.table().isGlobal() || !placement.isMoved())) {
                chain.add(join(join));
            } else {
                TopologyBuilder.Place here = new TopologyBuilder.Place(from.input(), key, unchanged, placement, origin);
                return new StepChain(chain, end(here, steps.subList(i, steps.size()), to));
            }
        }
        return new StepChain(chain, write(to));
    }

    /** Returns the end of a chain, before or at the first of the remaining steps. */
    private StepChain.End end(TopologyBuilder.Place here, List<Step> steps, Sink to) {
        Step step = steps.get(0);
        List<Step> rest = steps.subList(1, steps.size());
        if (step instanceof Step.Join join) {
            return repartition(
                    join, limits.get().partitionsOf(join.table().topic()).orElse(0), here, steps, to);
        } else if (step instanceof Step.Repartition repartition) {
            return repartition(repartition, repartition.partitions(), here, rest, to);
        } else if (step instanceof Step.Aggregate aggregate) {
            return aggregate(aggregate, here, rest, to);
        } else if (needsPartitioning(step) && !here.placement().isPartitioned()) {
            return repartition(step, 0, here, steps, to);
        } else if (step instanceof Step.Every every) {
            return every(every, here, rest, to);
        } else if (step instanceof Step.Processor process) {
            return process(process, here, rest, to);
        } else if (step instanceof Step.Deduplicate deduplicate) {
            return deduplicate(deduplicate, here, rest, to);
        }
        return branch((Step.Branch) step, here);
    }

    /** Returns whether a step keeps state that requires all records of a key in one partition. */
    private static boolean needsPartitioning(Step step) {
        return step instanceof Step.Every
                || (step instanceof Step.Deduplicate deduplicate && deduplicate.by() == null)
                || (step instanceof Step.Processor process && !process.stores().isEmpty());
    }

    private FlowExpression use(FlowExpression expression) {
        return stage.addVariables(expression, names);
    }

    private static StepChain.RunningStep map(FlowExpression to) {
        return (event, running) -> {
            event.value(event.valueOf(to), null);
            return true;
        };
    }

    private static StepChain.RunningStep selectKey(FlowExpression to, ValueType type) {
        return (event, running) -> {
            event.key(key(to, event, type), type);
            return true;
        };
    }

    private static byte[] key(FlowExpression from, EvaluatedRecord event, ValueType type) {
        Object key = event.valueOf(from);
        try {
            return type.write(key);
        } catch (IllegalArgumentException e) {
            throw new RejectedRecordException("%s: the key %s".formatted(from, e.getMessage()));
        }
    }

    private StepChain.RunningStep join(Step.Join join) {
        Table table = join.table();
        String store = TopologyBuilder.store(table);
        FlowExpression on = join.on() == null ? null : use(join.on());
        if (!table.isGlobal()) {
            stage.addStore(store);
        }
        return (event, running) -> {
            byte[] key = on == null ? event.key() : key(on, event, table.key());
            ValueAndTimestamp<byte[]> found =
                    key == null ? null : running.store(store).get(key);
            if (event.uses(table.name())) {
                event.joined(table.name(), found == null ? null : read(table, found.value()));
            }
            return found != null || join.isOuter();
        };
    }

    private static Object read(Table table, byte[] value) {
        try {
            return table.value().read(value);
        } catch (IllegalArgumentException e) {
            throw new RejectedRecordException("join: the value of table %s %s".formatted(table.name(), e.getMessage()));
        }
    }

    private StepChain.End repartition(Step step, int partitions, TopologyBuilder.Place from, List<Step> rest, Sink to) {
        String place = topology.nextPlace(flow);
        topology.addRepartitioning(place, step, partitions, from.origin());
        return output(
                place,
                true,
                event -> RecordSize.requireInternal("repartition", event, TaggedValue.write(event)),
                (KStream<byte[], byte[]> records) -> topology.addStage(
                        flow,
                        topology.repartitioned(place, partitions, records),
                        from.then(
                                place,
                                new StageInput.Repartitioned(from.key(), from.unchanged()),
                                from.unchanged(),
                                Placement.BY_KEY),
                        rest,
                        to));
    }

    private StepChain.End aggregate(Step.Aggregate aggregate, TopologyBuilder.Place from, List<Step> rest, Sink to) {
        String place = topology.nextPlace(flow);
        topology.addState(flow, place, aggregate, from.key(), from.origin());
        Aggregations aggregations = aggregate.aggregations();
        aggregations.each().stream()
                .map(Aggregation::of)
                .filter(of -> of != null)
                .forEach(this::use);
        return output(
                place,
                from.placement().isMoved(),
                event -> {
                    if (event.key() == null) {
                        throw new RejectedRecordException(
                                "the record has no key to aggregate by: add a select-key step before");
                    }
                    RecordSize.requireInternal("the key to aggregate by", event, null);
                    return aggregations.contribution(event);
                },
                (KStream<byte[], Number[]> rows) -> topology.addStage(
                        flow,
                        AggregateBuilder.results(place, aggregate, rows),
                        from.then(
                                place,
                                new StageInput.Results(from.key(), aggregations),
                                null,
                                from.placement().after(aggregate)),
                        rest,
                        to));
    }

    private StepChain.End every(Step.Every every, TopologyBuilder.Place from, List<Step> rest, Sink to) {
        String place = topology.nextPlace(flow + ".every");
        topology.addState(place, every, from.origin(), "%s of %s".formatted(every.description(), from.origin()));
        Stage.Output output = new Stage.Output(place + "-in", false, event -> {
            if (event.key() == null) {
                throw new RejectedRecordException("every: the record has no key: add a select-key step before");
            }
            return RecordSize.requireInternal("every", event, TaggedValue.write(event));
        });
        stage.onRetraction(output, PeriodicEmission.RETRACTION);
        return output(
                output,
                (KStream<byte[], byte[]> records) -> topology.addStage(
                        flow,
                        PeriodicEmission.of(place, every, records),
                        from.then(
                                place,
                                new StageInput.Emitted(from.key(), from.unchanged()),
                                from.unchanged(),
                                from.placement().after(every)),
                        rest,
                        to));
    }

    private StepChain.End deduplicate(
            Step.Deduplicate deduplicate, TopologyBuilder.Place from, List<Step> rest, Sink to) {
        String place = topology.nextPlace(flow + ".deduplicate");
        topology.addState(
                place, deduplicate, from.origin(), "%s of %s".formatted(deduplicate.description(), from.origin()));
        boolean isById = deduplicate.by() != null;
        String ids = place + "-ids";
        if (isById) {
            topology.addRepartitioning(ids, deduplicate, 0, from.origin());
        }
        Stage.Output output = new Stage.Output(
                place + "-in",
                isById,
                event -> RecordSize.requireInternal("deduplicate", event, Deduplication.write(event)));
        stage.add(
                output,
                (KStream<byte[], byte[]> records) -> topology.addStage(
                        flow,
                        Deduplication.of(
                                place,
                                deduplicate,
                                topology.deduplicationMeters(),
                                isById ? topology.repartitioned(ids, 0, records) : records),
                        from.then(
                                place,
                                new StageInput.Deduplicated(from.key(), from.unchanged()),
                                from.unchanged(),
                                from.placement().after(deduplicate)),
                        rest,
                        to));
        return (event, running) -> running.forward(output, event, Deduplication.id(deduplicate.by(), event));
    }

    private StepChain.End process(Step.Processor process, TopologyBuilder.Place from, List<Step> rest, Sink to) {
        String place = topology.nextPlace(flow + ".process");
        topology.addStores(process, from.origin());
        TopologyBuilder.Place next = new TopologyBuilder.Place(
                new StageInput.Processed(process.key()),
                process.key(),
                null,
                from.placement().after(process),
                from.origin()
                        .withKey("keys of %s as %s"
                                .formatted(process.type(), process.key().word())));
        return output(
                place,
                false,
                event -> new DeclaredProcessor.Input(
                        event.keyValue(),
                        ValueType.plain(event.value()),
                        event.original() == null ? null : event.original().bytes()),
                (KStream<byte[], DeclaredProcessor.Input> records) -> {
                    KStream<Object, Object> forwarded = DeclaredProcessor.of(place, process, records);
                    if (process.arms().isEmpty()) {
                        topology.addStage(flow, forwarded, next, rest, to);
                    }
                    process.arms()
                            .forEach(arm -> topology.addStage(
                                    flow,
                                    arm.name(),
                                    forwarded,
                                    next.in("output " + arm.name()),
                                    arm.steps(),
                                    arm.to()));
                });
    }

    private <V> StepChain.End output(
            String place, boolean rekeys, Function<EvaluatedRecord, Object> value, Consumer<KStream<byte[], V>> then) {
        return output(new Stage.Output(place + "-in", rekeys, value), then);
    }

    private <V> StepChain.End output(Stage.Output output, Consumer<KStream<byte[], V>> then) {
        stage.add(output, then);
        return (event, running) -> running.forward(output, event);
    }

    private StepChain.End branch(Step.Branch branch, TopologyBuilder.Place place) {
        record Arm(FlowExpression when, StepChain chain) {}
        List<Arm> arms = branch.arms().stream()
                .map(arm -> arm.when() == null
                        ? new Arm(null, chain(place.in("the rest"), arm.steps(), arm.to()))
                        : new Arm(use(arm.when()), chain(place.in(arm.when().toString()), arm.steps(), arm.to())))
                .toList();
        return (event, running) -> {
            for (Arm arm : arms) {
                if (arm.when() == null || event.holds(arm.when())) {
                    arm.chain().run(event, running);
                    return;
                }
            }
        };
    }

    private StepChain.End write(Sink to) {
        to.topics().forEach(stage::addSink);
        return new SinkWriter(to, to.chosen() == null ? null : use(to.chosen()), limits);
    }
}
