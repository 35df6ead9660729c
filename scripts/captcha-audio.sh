#!/bin/sh
# Speaks the letters of a security code in Vietnamese: each by its name and a word that begins with it.
# django-simple-captcha calls it as it calls flite: captcha-audio.sh -t "B, C, G" -o FILE.wav
set -eu
spoken=""
for letter in $(printf '%s' "$2" | tr -d ','); do
  case $letter in
    B) word="bê, bò" ;;
    C) word="xê, cá" ;;
    G) word="giê, gà" ;;
    H) word="hát, hoa" ;;
    K) word="ca, kẹo" ;;
    M) word="em mờ, mẹ" ;;
    N) word="en nờ, nón" ;;
    P) word="pê, phở" ;;
    R) word="e rờ, rau" ;;
    S) word="ét sì, sông" ;;
    T) word="tê, tôm" ;;
    V) word="vê, voi" ;;
    X) word="ích xì, xe" ;;
    Z) word="dét" ;;
    *) echo "captcha-audio.sh: no name for $letter" >&2; exit 1 ;;
  esac
  spoken="$spoken$word.

"
done
exec espeak-ng -b 1 -v vi -s 110 -g 10 -w "$4" -- "$spoken"
