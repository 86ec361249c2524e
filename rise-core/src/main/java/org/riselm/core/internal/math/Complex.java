package org.riselm.core.internal.math;

/** A complex number in doubles. NaN where a function is not known or not defined. */
record Complex(double re, double im) {
  static final Complex NAN = new Complex(Double.NaN, 0);
  static final Complex I = new Complex(0, 1);

  static Complex of(double re) {
    return new Complex(re, 0);
  }

  Complex plus(Complex o) {
    return new Complex(re + o.re, im + o.im);
  }

  Complex times(Complex o) {
    return new Complex(re * o.re - im * o.im, re * o.im + im * o.re);
  }

  Complex over(Complex o) {
    double norm = o.re * o.re + o.im * o.im;
    return new Complex((re * o.re + im * o.im) / norm, (im * o.re - re * o.im) / norm);
  }

  Complex exp() {
    double scale = Math.exp(re);
    return im == 0 ? of(scale) : new Complex(scale * Math.cos(im), scale * Math.sin(im));
  }

  /** The principal logarithm. */
  Complex log() {
    return new Complex(Math.log(abs()), Math.atan2(im, re));
  }

  /** The principal power; exact doubles where both are real. */
  Complex pow(Complex exponent) {
    if (re == 0 && im == 0) {
      return exponent.im == 0 && exponent.re > 0
          ? of(0)
          : exponent.im == 0 && exponent.re == 0 ? of(1) : NAN;
    }
    if (im == 0 && exponent.im == 0 && (re > 0 || exponent.re == Math.rint(exponent.re))) {
      return of(Math.pow(re, exponent.re));
    }
    return log().times(exponent).exp();
  }

  Complex sin() {
    return im == 0
        ? of(Math.sin(re))
        : new Complex(Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im));
  }

  Complex cos() {
    return im == 0
        ? of(Math.cos(re))
        : new Complex(Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im));
  }

  double abs() {
    return Math.hypot(re, im);
  }

  boolean isFinite() {
    return Double.isFinite(re) && Double.isFinite(im);
  }

  /** Half the distance to the next is enough to tell them apart; see {@link Numeric}. */
  double distanceTo(Complex o) {
    return Math.hypot(re - o.re, im - o.im);
  }
}
