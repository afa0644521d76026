package io.wadi.streams.expression;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;
import net.thisptr.jackson.jq.internal.operators.MinusOperator;
import net.thisptr.jackson.jq.internal.operators.MultiplyOperator;
import net.thisptr.jackson.jq.internal.operators.PlusOperator;
import net.thisptr.jackson.jq.internal.tree.FunctionDefinition;
import net.thisptr.jackson.jq.internal.tree.VariableAccess;
import net.thisptr.jackson.jq.internal.tree.VariableKeyFieldConstruction;
import net.thisptr.jackson.jq.internal.tree.matcher.matchers.ObjectMatcher;
import net.thisptr.jackson.jq.internal.tree.matcher.matchers.ValueMatcher;

/**
 * The objects of a compiled jq query, read by reflection: the library has no option for operators, and does not name
 * the variables of a query.
 */
final class JqTree {
    private static final String LIBRARY = Expression.class.getPackageName();

    private static final Map<Class<?>, BinaryOperator> LIMITED = Map.of(
            MultiplyOperator.class,
            new StringRepetition(),
            PlusOperator.class,
            new LimitedAddition(),
            MinusOperator.class,
            ExactOperator.MINUS);

    private final Set<Object> parts = Collections.newSetFromMap(new IdentityHashMap<>());

    private JqTree() {}

    /**
     * Reads a query or function, or a collection of them, and replaces their operators by those with limits.
     *
     * @throws IllegalStateException if the library does not permit it
     */
    static JqTree limit(Object root) {
        JqTree tree = new JqTree();
        try {
            tree.add(root);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot limit jq's operators: " + e.getMessage(), e);
        }
        return tree;
    }

    private void add(Object part) throws IllegalAccessException {
        if (part instanceof Collection<?> all) {
            for (Object each : all) {
                add(each);
            }
        } else if (part != null && part.getClass().getName().startsWith(LIBRARY) && parts.add(part)) {
            for (Class<?> type = part.getClass(); type != Object.class; type = type.getSuperclass()) {
                addFields(part, type);
            }
        }
    }

    private void addFields(Object part, Class<?> type) throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) || !type.getName().startsWith(LIBRARY)) {
                continue;
            }
            field.setAccessible(true);
            Object value = field.get(part);
            BinaryOperator limited = value == null ? null : LIMITED.get(value.getClass());
            if (limited == null) {
                add(value);
            } else {
                field.set(part, limited);
            }
        }
    }

    /** Returns whether it uses a variable that it does not define itself. */
    boolean usesVariable(String name) {
        String variable = "$" + name;
        boolean isUsed = parts.stream()
                .filter(part -> part instanceof VariableAccess || part instanceof VariableKeyFieldConstruction)
                .anyMatch(part -> part.toString().equals(variable));
        return isUsed && parts.stream().noneMatch(part -> defines(part, variable));
    }

    private static boolean defines(Object part, String variable) {
        String text = part instanceof ValueMatcher
                        || part instanceof ObjectMatcher.FieldMatcher
                        || part instanceof FunctionDefinition
                ? part.toString()
                : "";
        return text.equals(variable)
                || text.startsWith(variable + ": ")
                || Pattern.compile("def \\w+\\([^)]*" + Pattern.quote(variable) + "[;)]")
                        .matcher(text)
                        .lookingAt();
    }
}
