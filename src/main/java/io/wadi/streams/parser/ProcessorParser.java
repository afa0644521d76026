package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.matching;

import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.definition.Step;
import io.wadi.streams.expression.ValueType;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * A parser of steps that name a class of the Processor API. It loads the class and compares its state stores with the
 * declared ones.
 */
final class ProcessorParser {
    /** Names of outputs, without hyphens and dots, which names of other nodes contain. */
    private static final String OUTPUT = "[a-zA-Z][a-zA-Z0-9_]{0,99}";
    /** Names of state stores, except those that tables and aggregations use. */
    private static final String STORE = "(?!table-|.*-[0-9]+$)[a-zA-Z][a-zA-Z0-9_-]{0,99}";

    private final CamelContext camel;
    /** The lines in which names are first declared. Each name is unique in the whole application. */
    private final Map<String, Integer> outputs = new HashMap<>();

    private final Map<String, Integer> stores = new HashMap<>();

    ProcessorParser(CamelContext camel) {
        this.camel = camel;
    }

    /** Parses the name of a child node. */
    String output(YamlFields fields) {
        String name = fields.required(
                        "name",
                        "a letter, then up to 99 letters, digits and underscores",
                        text -> matching(text, OUTPUT))
                .orElse("");
        requireFirst(outputs, name, fields, "name");
        return name;
    }

    private static void requireFirst(Map<String, Integer> lines, String name, YamlFields fields, String field) {
        Integer before = lines.putIfAbsent(name, fields.line());
        if (before != null && !name.isEmpty()) {
            fields.refuse(
                    field, "is \"%s\", which line %d declares too: expected a unique name".formatted(name, before));
        }
    }

    /**
     * Parses a processor; empty after a mistake, which is recorded.
     *
     * @param line the line of the step
     */
    Optional<Step> processor(YamlFields fields, int line, ValueType key, List<Step.Arm> arms) {
        List<String> declared = fields.values(
                "stores",
                "a letter, then up to 99 letters, digits, underscores and hyphens,"
                        + " but neither table- at the beginning nor a hyphen and a number at the end",
                List.of(),
                text -> matching(text, STORE));
        declared.forEach(store -> requireFirst(stores, store, fields, "stores"));
        return fields.required("class", "a class of a jar in lib/", text -> matching(text, "\\S+"))
                .flatMap(type -> supplier(type, fields)
                        .flatMap(supplier -> stores(type, supplier, declared, fields)
                                .map(found -> new Step.Processor(type, supplier, found, key, arms, line))));
    }

    @SuppressWarnings("unchecked")
    private Optional<ProcessorSupplier<Object, Object, Object, Object>> supplier(String type, YamlFields fields) {
        try {
            Class<?> found = camel.getClassResolver().resolveMandatoryClass(type);
            if (!ProcessorSupplier.class.isAssignableFrom(found)) {
                fields.refuse(
                        "class",
                        "is %s, which does not implement %s".formatted(type, ProcessorSupplier.class.getName()));
                return Optional.empty();
            }
            ProcessorSupplier<Object, Object, Object, Object> supplier =
                    (ProcessorSupplier<Object, Object, Object, Object>)
                            found.getConstructor().newInstance();
            Object processor = supplier.get();
            if (processor == null || processor == supplier.get()) {
                fields.refuse(
                        "class",
                        "is %s: get() returns %s, expected a new processor each time"
                                .formatted(type, processor == null ? "null" : "the same processor twice"));
                return Optional.empty();
            }
            return Optional.of(supplier);
        } catch (ClassNotFoundException e) {
            fields.refuse(
                    "class",
                    "is %s, which is not on the class path: expected a class of a jar in lib/".formatted(type));
        } catch (NoSuchMethodException e) {
            fields.refuse("class", "is %s, expected a public constructor without parameters".formatted(type));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            fields.refuse("class", "is %s, which cannot be loaded: %s".formatted(type, cause(e)));
        }
        return Optional.empty();
    }

    private static Optional<Set<StoreBuilder<?>>> stores(
            String type, ProcessorSupplier<?, ?, ?, ?> supplier, List<String> declared, YamlFields fields) {
        Map<String, StoreBuilder<?>> found = new TreeMap<>();
        List<String> persistent = new ArrayList<>();
        try {
            for (StoreBuilder<?> store : Optional.ofNullable(supplier.stores()).orElse(Set.<StoreBuilder<?>>of())) {
                found.put(store.name(), store);
                if (store.build().persistent()) {
                    persistent.add(store.name());
                }
            }
        } catch (RuntimeException | LinkageError e) {
            fields.refuse("class", "is %s: stores() failed: %s".formatted(type, cause(e)));
            return Optional.empty();
        }
        if (!found.keySet().equals(Set.copyOf(declared))) {
            fields.refuse(
                    "stores",
                    "is %s, but stores() of %s returns %s: expected the same names"
                            .formatted(declared, type, found.keySet()));
            return Optional.empty();
        }
        if (!persistent.isEmpty()) {
            fields.refuse(
                    "stores",
                    "of %s has %s in RocksDB, expected in-memory stores such as Stores.inMemoryKeyValueStore"
                            .formatted(type, persistent));
            return Optional.empty();
        }
        return Optional.of(Set.copyOf(found.values()));
    }

    private static String cause(Throwable e) {
        return e instanceof InvocationTargetException ? String.valueOf(e.getCause()) : e.toString();
    }
}
