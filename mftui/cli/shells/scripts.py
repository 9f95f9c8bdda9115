"""The completion scripts of mftui's own.

None of them runs anything of the current directory, and none has the shell expand what it is answered: the program is
called by an absolute path, found in PATH when the script is loaded, and its answer is a list of words with NUL between.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mftui.text import is_plain, shell_word

_BASH = """\
# Completion of mftui, for bash 4.4 and later.
_mftui_program=
while IFS= read -r _mftui_found; do
    [[ $_mftui_found == /* ]] && { _mftui_program=$_mftui_found; break; }
done < <(builtin type -aP mftui 2>/dev/null)
unset -v _mftui_found
[[ $_mftui_program ]] || _mftui_program=PROGRAM

_mftui_completion() {
    local kind value help
    COMPREPLY=()
    [[ $_mftui_program == /* ]] || return 0
    while IFS= read -r -d '' kind && IFS= read -r -d '' value && IFS= read -r -d '' help; do
        case $kind in
            word) COMPREPLY+=("$value") ;;
            file) compopt -o default ;;
            dir) compopt -o dirnames ;;
        esac
    done < <(_MFTUI_COMPLETE=bash_complete command "$_mftui_program" \\
        "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)
}
complete -o nosort -F _mftui_completion mftui
"""

_ZSH = """\
#compdef mftui
# Completion of mftui, for zsh.
typeset -g _mftui_program=
for _mftui_found in $path; do
    if [[ $_mftui_found == /* && -f $_mftui_found/mftui && -x $_mftui_found/mftui ]]; then
        _mftui_program=$_mftui_found/mftui
        break
    fi
done
unset _mftui_found
[[ -n $_mftui_program ]] || _mftui_program=PROGRAM

_mftui_completion() {
    local kind value help
    local -a answer values shown
    integer found=1
    [[ $_mftui_program == /* ]] || return 1
    answer=("${(@0)$(_MFTUI_COMPLETE=zsh_complete command $_mftui_program \\
        "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)}")
    for kind value help in "${(@)answer}"; do
        case $kind in
            (word) values+=("$value"); shown+=("$value${help:+  -- $help}") ;;
            (file) [[ $PREFIX == -*=* ]] && compset -P 1 '*='; _files && found=0 ;;
            (dir) [[ $PREFIX == -*=* ]] && compset -P 1 '*='; _files -/ && found=0 ;;
        esac
    done
    (( $#values )) && compadd -l -V mftui -d shown -a values && found=0
    return found
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _mftui_completion "$@"
else
    compdef _mftui_completion mftui
fi
"""

_FISH = """\
# Completion of mftui, for fish 3.1 and later.
set -g __mftui_program
for found in $PATH
    if string match -q '/*' -- $found; and test -f $found/mftui; and test -x $found/mftui
        set -g __mftui_program $found/mftui
        break
    end
end
test -n "$__mftui_program"; or set -g __mftui_program PROGRAM

# Asks mftui once for both of those below.
function __mftui_ask
    set -l line (commandline -cp | string collect --allow-empty)
    if set -q __mftui_line; and test "$__mftui_line" = "$line"
        set -e __mftui_line
        return
    end
    set -g __mftui_line $line
    set -g __mftui_answer
    string match -q '/*' -- $__mftui_program; or return
    set __mftui_answer (_MFTUI_COMPLETE=fish_complete command $__mftui_program \\
        (commandline -opc) (commandline -ct | string collect --allow-empty) 2>/dev/null </dev/null | string split0)
end
function __mftui_words
    __mftui_ask
    set -l answer $__mftui_answer
    while set -q answer[3]
        test $answer[1] = word; and printf '%s\\t%s\\n' $answer[2] $answer[3]
        set -e answer[1..3]
    end
end
function __mftui_wants_files
    __mftui_ask
    contains -- $__mftui_answer[1] file dir
end
complete -c mftui -f -k -a '(__mftui_words)'
complete -c mftui -n __mftui_wants_files -F
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script_for(shell: str) -> str:
    """Return the script for `shell`, one of SCRIPTS. Where PATH has no mftui when it is loaded, it calls the program
    that has printed it."""
    program = Path(sys.argv[0]).absolute()
    here = program.name == "mftui" and os.access(program, os.X_OK) and is_plain(str(program))
    return SCRIPTS[shell].replace("PROGRAM", shell_word(program) if here else "")
