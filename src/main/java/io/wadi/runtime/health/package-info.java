/** How findings become health: a state machine that does not flap, who asks servers for proof, and checks that wait for nobody. */
package io.wadi.runtime.health;
