package io.wadi.extension.connectors.convert;

import io.wadi.runtime.config.NearestName;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * A chain of Kafka Connect's transformations (SMTs), configured by the properties {@code transforms}, {@code transforms.NAME.*},
 * {@code predicates} and {@code predicates.NAME.*} of a connector. Their classes are Kafka Connect's own, which need no package
 * name, or any on the class path. Thread-safe: a transformation runs on one thread at a time, as in a task of Kafka Connect.
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
     * @param text lines as in a connector's properties file; empty for none
     * @throws IllegalArgumentException if a property is unknown or invalid, or a class is missing; the message names it
     */
    public Transformations(String text) {
        Map<String, String> left = new TreeMap<>();
        properties(text).forEach((name, value) -> left.put(name.toString(), value.toString()));
        List<String> names = names(left.remove(TRANSFORMS));
        for (String name : names(left.remove(PREDICATES))) {
            Map<String, String> own = take(left, PREDICATES + "." + name + ".");
            predicates.put(name, plugin(Predicate.class, PREDICATES + "." + name + ".", own));
        }
        for (String name : names) {
            add(name, TRANSFORMS + "." + name + ".", left);
        }
        if (!left.isEmpty()) {
            String unknown = left.keySet().iterator().next();
            throw new IllegalArgumentException("there is no property %s: transforms has %s, predicates has %s"
                    .formatted(unknown, names, predicates.keySet()));
        }
    }

    private void add(String name, String prefix, Map<String, String> properties) {
        Map<String, String> own = take(properties, prefix);
        String condition = own.remove("predicate");
        String negate = own.remove("negate");
        if (condition != null && !predicates.containsKey(condition)) {
            throw new IllegalArgumentException("%spredicate is \"%s\"%s; allowed: %s"
                    .formatted(
                            prefix,
                            condition,
                            NearestName.question(condition, predicates.keySet()),
                            String.join(", ", predicates.keySet())));
        }
        Transformation<R> transformation = plugin(Transformation.class, prefix, own);
        steps.add(new Step<>(
                name,
                transformation,
                condition == null ? null : predicates.get(condition),
                negate != null && (boolean) parsed(prefix + "negate", negate)));
    }

    private static Object parsed(String name, String text) {
        try {
            return ConfigDef.parseType(name, text, ConfigDef.Type.BOOLEAN);
        } catch (KafkaException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Properties properties(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new IllegalArgumentException(TRANSFORMS + " are no properties: " + e.getMessage(), e);
        }
        return properties;
    }

    private static List<String> names(String list) {
        return Arrays.stream((list == null ? "" : list).split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Removes the properties of a prefix and returns them without it. */
    private static Map<String, String> take(Map<String, String> properties, String prefix) {
        Map<String, String> taken = new TreeMap<>();
        properties.keySet().removeIf(name -> {
            if (name.startsWith(prefix)) {
                taken.put(name.substring(prefix.length()), properties.get(name));
            }
            return name.startsWith(prefix);
        });
        return taken;
    }

    @SuppressWarnings("unchecked") // Generic types are erased in the names of classes.
    private static <P extends Configurable> P plugin(Class<?> kind, String prefix, Map<String, String> own) {
        String type = own.remove("type");
        if (type == null) {
            throw new IllegalArgumentException("%stype is missing, expected a class that is a %s"
                    .formatted(prefix, kind.getName()));
        }
        try {
            String name = type.contains(".") ? type : kind.getPackageName() + "." + type;
            P plugin = (P) kind.cast(Utils.newInstance(name, kind));
            ConfigDef known = plugin instanceof Transformation<?> transformation
                    ? transformation.config()
                    : ((Predicate<?>) plugin).config();
            for (String option : own.keySet()) {
                if (!known.names().isEmpty() && !known.names().contains(option)) {
                    throw new IllegalArgumentException("%s%s: %s has no such option%s; allowed: %s"
                            .formatted(
                                    prefix,
                                    option,
                                    type,
                                    NearestName.question(option, known.names()),
                                    String.join(", ", known.names())));
                }
            }
            plugin.configure(own);
            return plugin;
        } catch (ClassNotFoundException | ClassCastException | KafkaException e) {
            throw new IllegalArgumentException(
                    "%stype=%s cannot be a %s: %s".formatted(prefix, type, kind.getSimpleName(), e), e);
        }
    }

    /** Returns whether there are no transformations. */
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

    /** Copies a value without schema. Transformations know doubles, not decimals; a decimal with more digits stays one. */
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
