{{/* Pod Security Standards: restricted. The user is the image's; the group is Envoy's where they share a socket. */}}
{{- define "lambda-ext-proc.securityContext" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: {{ eq .Values.mode "sidecar" | ternary (include "lambda-ext-proc.proxyGroup" .) "1000" }}
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "lambda-ext-proc.environment" -}}
{{- with .Values.env }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.envFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "lambda-ext-proc.allowSecrets" -}}
{{- range .Values.allowSecrets }}
- --allow-secret
- {{ . | quote }}
{{- end }}
{{- end }}

{{- define "lambda-ext-proc.commonMounts" -}}
- {name: lambda-ext-proc-policies, mountPath: /etc/lambda-ext-proc, readOnly: true}
{{- if .Values.secretFiles }}
- {name: lambda-ext-proc-secrets, mountPath: /run/secrets/lambda-ext-proc, readOnly: true}
{{- end }}
{{- end }}

{{- define "lambda-ext-proc.commonVolumes" -}}
- name: lambda-ext-proc-policies
  configMap: {name: {{ include "lambda-ext-proc.configMap" . | quote }}}
{{- if .Values.secretFiles }}
- name: lambda-ext-proc-secrets
  # Readable by the user, by way of the pod's fsGroup where it is the chart's.
  secret: {secretName: {{ .Values.secretFiles | quote }}, defaultMode: {{ eq .Values.mode "deployment" | ternary "0440" "0444" }}}
{{- end }}
{{- end }}

{{/* Ends with the findings where a policy is wrong: `kubectl describe pod` shows them, and a roll-out stops here. */}}
{{- define "lambda-ext-proc.checkContainer" -}}
- name: lambda-ext-proc-check
  image: {{ include "lambda-ext-proc.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: [lambda-ext-proc, check, /etc/lambda-ext-proc/policies.yaml]
  {{- with include "lambda-ext-proc.allowSecrets" . }}
  args:
    {{- . | trim | nindent 4 }}
  {{- end }}
  {{- with include "lambda-ext-proc.environment" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  terminationMessagePolicy: FallbackToLogsOnError
  resources:
    requests: {cpu: 100m, memory: 128Mi}
    limits: {memory: 256Mi}
  {{- include "lambda-ext-proc.securityContext" . | nindent 2 }}
  volumeMounts:
    {{- include "lambda-ext-proc.commonMounts" . | nindent 4 }}
{{- end }}

{{/* Envoy starts after the start-up probe has passed, and gets SIGTERM before this container does (restartPolicy: Always). */}}
{{- define "lambda-ext-proc.sidecarContainer" -}}
- name: lambda-ext-proc
  image: {{ include "lambda-ext-proc.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  restartPolicy: Always
  args:
    - --config=/etc/lambda-ext-proc/policies.yaml
    - --listen=unix:/run/lambda-ext-proc/0.sock
    - {{ printf "--admin=%s:9464" .Values.listenAddress | quote }}
    - --drain-grace=0
    - --drain-timeout={{ .Values.drain.timeoutSeconds }}
    {{- with include "lambda-ext-proc.allowSecrets" . }}
    {{- . | trim | nindent 4 }}
    {{- end }}
    {{- with .Values.args }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "lambda-ext-proc.environment" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  ports:
    - {name: lambda-admin, containerPort: 9464}
  startupProbe: {httpGet: {path: /readyz, port: lambda-admin}, periodSeconds: 1, failureThreshold: 60}
  readinessProbe: {httpGet: {path: /readyz, port: lambda-admin}, periodSeconds: 5}
  livenessProbe: {httpGet: {path: /livez, port: lambda-admin}, periodSeconds: 10, timeoutSeconds: 3}
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  {{- include "lambda-ext-proc.securityContext" . | nindent 2 }}
  volumeMounts:
    - {name: lambda-ext-proc-socket, mountPath: /run/lambda-ext-proc}
    {{- include "lambda-ext-proc.commonMounts" . | nindent 4 }}
{{- end }}

{{- define "lambda-ext-proc.sidecarVolumes" -}}
- {name: lambda-ext-proc-socket, emptyDir: {}}
{{ include "lambda-ext-proc.commonVolumes" . }}
{{- end }}
