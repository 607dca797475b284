# A machine for graders. Build, then run it in the course's folder:
#
#     docker build -t cnn-grader .
#     docker run --rm -it -v "$PWD":/course -w /course --user "$(id -u):$(id -g)" \
#         --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
#         --security-opt systempaths=unconfined cnn-grader doctor
#
# bubblewrap makes namespaces of its own, which the default seccomp and AppArmor profiles and the
# masked /proc forbid: hence the three options. Without them the grader takes Landlock, if the
# kernel has it; `doctor` says which. Submissions are never run without one of the two.
FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install --yes --no-install-recommends \
    bubblewrap libseccomp2 util-linux make git && rm -rf /var/lib/apt/lists/*
WORKDIR /kit
COPY requirements requirements
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements/everything.txt
COPY . .
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps .
ENTRYPOINT ["autograder"]
CMD ["doctor"]
