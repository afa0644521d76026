package io.wadi.management;

import java.util.function.Supplier;

/**
 * A state that the page is sent while somebody has it open. A feature binds one for each.
 *
 * @param name of the event that carries it
 * @param once whether it is sent when the page is opened, and not again
 * @param state gives the state at the time, in a form that becomes JSON; it asks no server
 */
public record LiveState(String name, boolean once, Supplier<?> state) {}
