package io.wadi.management;

import java.util.function.Supplier;

/**
 * A state that is pushed to open pages. A feature binds one bean for each of its states.
 *
 * @param name the name of its server-sent event
 * @param once whether it is sent only when the page is opened
 * @param state supplies the current state, serializable as JSON, without I/O
 */
public record LiveState(String name, boolean once, Supplier<?> state) {}
