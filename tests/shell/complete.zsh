# Sourced by an interactive zsh: complete.zsh DIRECTORY SCRATCH. Completes each line of SCRATCH/lines with the functions
# of DIRECTORY, and writes what is offered to SCRATCH/offered; its last line is END. See complete.
fpath=($1 $fpath)
scratch=$2
autoload -Uz compinit
compinit -u -d $scratch/dump
zstyle ':completion:*' menu no
LISTMAX=0

# Completers add their words by this. Calls with -O, -A or -D only sort them out before that.
compadd() {
	local -a offered
	builtin compadd "$@"
	local status_=$?
	[[ ${@[1,(i)(-|--)]} == *-[a-zA-Z12]#[OAD]* ]] && return status_
	builtin compadd -A offered "$@"
	(( ! $#offered )) || print -rl -- $offered >> $scratch/offered
	return status_
}

ask() {
	local line
	while IFS= read -r line; do
		print -r -- "> $line" >> $scratch/offered
		BUFFER=$line
		CURSOR=$#BUFFER
		zle list-choices
	done < $scratch/lines
	print END >> $scratch/offered
	exit
}
zle -N ask
zle-line-init() { zle ask; }
zle -N zle-line-init
