package io.wadi.extension.connectors.convert;

import io.wadi.runtime.config.NearestName;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * A chain of Kafka Connect's transformations (SMTs), configured by a connector's properties {@code transforms},
 * {@code transforms.NAME.*}, {@code predicates} and {@code predicates.NAME.*}. Kafka Connect's own classes are named
 * without their package; any other class on the class path is named with it. Thread-safe: a transformation runs on one
 * thread at a time, as in a task of Kafka Connect.
 *
 * @param <R> {@code SourceRecord} or {@code SinkRecord}
 */
public final class Transformations<R extends ConnectRecord<R>> implements AutoCloseable {
    private static final String TRANSFORMS = "transforms";
    private static final String PREDICATES = "predicates";

    private final List<Step<R>> steps = new ArrayList<>();
    private final Map<String, Predicate<R>> predicates = new LinkedHashMap<>();

    /** A transformation with the condition under which it applies. */
    private record Step<R extends ConnectRecord<R>>(
            String name, Transformation<R> transformation, Predicate<R> predicate, boolean isNegated) {
        R apply(R record) {
            return predicate == null || predicate.test(record) != isNegated ? transformation.apply(record) : record;
        }
    }

    /**
     * Creates the chain.
     *
     * @param text the properties, separated by line breaks, as in a connector's file, or by blanks; empty for none
     * @throws IllegalArgumentException if a property is unknown or invalid, or a class is missing; the message names it
     */
    public Transformations(String text) {
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(text.replaceAll("\\s+(?=(transforms|predicates)(\\.|\\s*[=:]))", "\n")));
            ConfigDef known = new ConfigDef()
                    .define(TRANSFORMS, ConfigDef.Type.LIST, List.of(), ConfigDef.Importance.HIGH, "")
                    .define(PREDICATES, ConfigDef.Type.LIST, List.of(), ConfigDef.Importance.HIGH, "");
            AbstractConfig lists = new AbstractConfig(known, properties, false);
            for (String name : lists.getList(PREDICATES)) {
                predicates.put(name, plugin(Predicate.class, PREDICATES + "." + name + ".", known, properties));
            }
            for (String name : lists.getList(TRANSFORMS)) {
                steps.add(step(name, TRANSFORMS + "." + name + ".", known, properties));
            }
            for (String name : properties.stringPropertyNames()) {
                if (!known.names().contains(name)) {
                    throw new IllegalArgumentException(
                            "there is no property " + name + NearestName.question(name, known.names()));
                }
            }
        } catch (IOException | KafkaException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private Step<R> step(String name, String prefix, ConfigDef known, Properties properties) {
        known.define(prefix + "predicate", ConfigDef.Type.STRING, null, ConfigDef.Importance.MEDIUM, "");
        known.define(prefix + "negate", ConfigDef.Type.BOOLEAN, false, ConfigDef.Importance.MEDIUM, "");
        Transformation<R> transformation = plugin(Transformation.class, prefix, known, properties);
        AbstractConfig config = new AbstractConfig(known, properties, false);
        String predicate = config.getString(prefix + "predicate");
        if (predicate != null && !predicates.containsKey(predicate)) {
            throw new IllegalArgumentException(
                    "%spredicate is \"%s\", expected one of %s".formatted(prefix, predicate, predicates.keySet()));
        }
        return new Step<>(
                name,
                transformation,
                predicate == null ? null : predicates.get(predicate),
                config.getBoolean(prefix + "negate"));
    }

    /** Creates and configures a plugin, and adds its properties to the known ones. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // A class is found by its name, which has no type parameters.
    private static <P extends Configurable> P plugin(
            Class<?> kind, String prefix, ConfigDef known, Properties properties) {
        known.define(prefix + "type", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "");
        String type = new AbstractConfig(known, properties, false).getString(prefix + "type");
        P plugin;
        try {
            plugin = (P) Utils.newInstance(type.contains(".") ? type : kind.getPackageName() + "." + type, kind);
        } catch (ClassNotFoundException | ClassCastException e) {
            throw new IllegalArgumentException(
                    "%stype is %s, expected a class on the class path that is a %s: %s"
                            .formatted(prefix, type, kind.getSimpleName(), e),
                    e);
        }
        ConfigDef options = plugin instanceof Transformation<?> transformation
                ? transformation.config()
                : ((Predicate<?>) plugin).config();
        Map<String, Object> own = new AbstractConfig(known, properties, false).originalsWithPrefix(prefix);
        own.keySet().removeAll(List.of("type", "predicate", "negate"));
        // A class that declares no options may read properties of any name.
        for (String name : options.names().isEmpty() ? own.keySet() : options.names()) {
            known.define(prefix + name, ConfigDef.Type.STRING, "", ConfigDef.Importance.MEDIUM, "");
        }
        plugin.configure(own);
        return plugin;
    }

    /** Returns whether the chain has no transformations. */
    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /**
     * Transforms a record.
     *
     * @return null if a transformation drops it
     * @throws IllegalArgumentException if a transformation fails; the message names it
     * @throws RetriableException if a transformation may succeed later
     */
    public R apply(R record) {
        if (steps.isEmpty()) {
            return record;
        }
        R current = record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.keySchema() == null ? withDoubles(record.key()) : record.key(),
                record.valueSchema(),
                record.valueSchema() == null ? withDoubles(record.value()) : record.value(),
                record.timestamp());
        synchronized (this) {
            for (Step<R> step : steps) {
                try {
                    current = step.apply(current);
                } catch (RetriableException e) {
                    throw e;
                } catch (RuntimeException e) {
                    throw new IllegalArgumentException(
                            "%s.%s: %s".formatted(TRANSFORMS, step.name(), e.getMessage()), e);
                }
                if (current == null) {
                    return null;
                }
            }
        }
        return current;
    }

    /**
     * Copies a value without schema and converts its decimals to doubles, which transformations can handle. A decimal
     * that no double equals stays a decimal.
     */
    private static Object withDoubles(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((name, each) -> copy.put(name, withDoubles(each)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(each -> copy.add(withDoubles(each)));
            return copy;
        }
        return SchemaInference.asDouble(value);
    }

    @Override
    public void close() {
        steps.forEach(step -> Utils.closeQuietly(step.transformation(), step.name()));
        predicates.forEach((name, predicate) -> Utils.closeQuietly(predicate, name));
    }
}
