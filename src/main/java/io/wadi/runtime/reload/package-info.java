/** Hot reload: changed route files are loaded as a whole while Wadi runs, or rejected with the reason. */
package io.wadi.runtime.reload;
